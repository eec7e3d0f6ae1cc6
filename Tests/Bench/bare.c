// SPDX-License-Identifier: Apache-2.0
//
// The least that an SMTP load client can do: a bare epoll loop in lock step, no clock, no books, no
// parsing beyond the end of a reply. What Relaymark costs above this is what it costs to know what
// happened.
//
//     bare PORT SESSIONS MESSAGES OCTETS

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct session {
  int socket;
  int step;
  size_t filled;
  char line[1024];
};

static char *message;
static size_t message_length;
static long left, accepted, open_sessions;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static void send_all(int socket, const char *octets, size_t length) {
  while (length > 0) {
    ssize_t sent = send(socket, octets, length, MSG_NOSIGNAL);
    if (sent < 0 && errno == EAGAIN) continue;
    if (sent < 0) fail("send");
    octets += sent;
    length -= (size_t)sent;
  }
}

static void say(struct session *session, const char *command) {
  send_all(session->socket, command, strlen(command));
}

// Answers a reply: greeting, EHLO, then MAIL, RCPT, DATA and the message again and again.
static void next(struct session *session, char first) {
  if (first != (session->step == 5 ? '3' : '2')) {
    fprintf(stderr, "refused at step %d: %.60s\n", session->step, session->line);
    exit(1);
  }
  switch (session->step) {
  case 0: say(session, "EHLO bench.example\r\n"); break;
  case 3: say(session, "RCPT TO:<user1@relaymark.test>\r\n"); break;
  case 4: say(session, "DATA\r\n"); break;
  case 5: send_all(session->socket, message, message_length); break;
  case 6: accepted++; // The message was taken: as after EHLO, another one or the end.
  case 1:
    session->step = 2;
    if (left-- > 0) {
      say(session, "MAIL FROM:<sender@relaymark.test>\r\n");
      session->step = 3;
      return;
    }
    session->step = 7;
    say(session, "QUIT\r\n");
    return;
  case 7:
    close(session->socket);
    open_sessions--;
    return;
  }
  session->step++;
}

static void receive(struct session *session) {
  ssize_t count = recv(session->socket, session->line + session->filled,
                       sizeof session->line - session->filled - 1, 0);
  if (count <= 0) {
    if (count < 0 && errno == EAGAIN) return;
    fprintf(stderr, "the server ended a connection\n");
    exit(1);
  }
  session->filled += (size_t)count;
  session->line[session->filled] = 0;
  char *line = session->line;
  char *end;
  while ((end = strchr(line, '\n')) != NULL) {
    if (line[3] != '-') next(session, line[0]);
    line = end + 1;
  }
  session->filled = strlen(line);
  memmove(session->line, line, session->filled + 1);
}

int main(int count, char **arguments) {
  if (count != 5) {
    fprintf(stderr, "usage: bare PORT SESSIONS MESSAGES OCTETS\n");
    return 64;
  }
  struct sockaddr_in address = {.sin_family = AF_INET,
                                .sin_port = htons((unsigned short)atoi(arguments[1])),
                                .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int sessions = atoi(arguments[2]);
  left = atol(arguments[3]);
  long wanted = left;
  size_t octets = (size_t)atol(arguments[4]);

  message = malloc(octets + 64);
  strcpy(message, "Subject: bench\r\n\r\n");
  message_length = strlen(message);
  while (message_length < octets) {
    memcpy(message + message_length, "0123456789abcdefghijklmnopqrst\r\n", 32);
    message_length += 32;
  }
  memcpy(message + message_length, ".\r\n", 3);
  message_length += 3;

  int queue = epoll_create1(0);
  struct session *all = calloc((size_t)sessions, sizeof *all);
  for (int i = 0; i < sessions; i++) {
    int one = 1;
    all[i].socket = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(all[i].socket, (struct sockaddr *)&address, sizeof address) != 0) fail("connect");
    setsockopt(all[i].socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = &all[i]};
    if (epoll_ctl(queue, EPOLL_CTL_ADD, all[i].socket, &event) != 0) fail("epoll_ctl");
    open_sessions++;
  }
  while (open_sessions > 0) {
    struct epoll_event events[256];
    int ready = epoll_wait(queue, events, 256, 30000);
    if (ready == 0) {
      fprintf(stderr, "nothing came for 30 s\n");
      return 1;
    }
    for (int i = 0; i < ready; i++) receive(events[i].data.ptr);
  }
  printf("%ld\n", accepted);
  return accepted == wanted ? 0 : 1;
}
