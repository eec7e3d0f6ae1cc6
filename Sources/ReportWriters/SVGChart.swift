// SPDX-License-Identifier: Apache-2.0
//
// Line and bar charts as inline SVG: no script, colours from the page's style sheet, readable in black
// and white by label. Knows numbers and texts, nothing of SMTP.

/// A chart with one horizontal and one vertical axis.
struct SVGChart {
  /// A line: its name and its points in the units of the axes.
  struct Line {
    var name: String
    var points: [(x: Double, y: Double)]
    /// Class of the style sheet that colours it, `c1` to `c6`.
    var style: String
    /// Draws a step at each point instead of a slope.
    var isStepped = false
  }

  /// Where values stand along an axis, and the marks that are labelled.
  struct Axis {
    var title: String
    var range: ClosedRange<Double>
    var isLogarithmic = false
    var marks: [(value: Double, label: String)]

    /// Place of a value between 0 and 1; what lies outside sits on the edge.
    func place(of value: Double) -> Double {
      let low = scaled(range.lowerBound)
      let high = scaled(range.upperBound)
      guard high > low else { return 0 }
      return min(1, max(0, (scaled(value) - low) / (high - low)))
    }

    private func scaled(_ value: Double) -> Double {
      isLogarithmic ? naturalLogarithm(max(value, 1e-9)) : value
    }
  }

  var title: String
  var x: Axis
  var y: Axis
  var lines: [Line]
  var height = 260.0

  private let width = 720.0
  private let left = 82.0
  private let right = 14.0
  private let top = 12.0
  private let bottom = 44.0

  /// The `<figure>` with its drawing and its legend.
  var markup: String {
    var svg =
      "<figure class=\"chart\"><svg viewBox=\"0 0 \(text(width)) \(text(height))\" role=\"img\""
    svg += " aria-label=\"\(HTML.escaped(title))\">"
    svg += "<title>\(HTML.escaped(title))</title>"
    svg += grid
    for line in lines { svg += drawing(of: line) }
    svg += "</svg>"
    return svg + legend + "</figure>"
  }

  private var legend: String {
    guard lines.count > 1 || lines.first?.name.isEmpty == false else { return "" }
    let keys = lines.map { line in
      "<span class=\"key \(line.style)\"><i></i>\(HTML.escaped(line.name))</span>"
    }
    return "<figcaption>\(keys.joined(separator: " "))</figcaption>"
  }

  private var grid: String {
    var svg = ""
    let floor = height - bottom
    for mark in y.marks {
      let level = vertical(mark.value)
      svg += segment(left, level, width - right, level, "grid")
      svg += label(mark.label, left - 6, level + 4, "end")
    }
    for mark in x.marks {
      let place = horizontal(mark.value)
      svg += segment(place, floor, place, floor + 4, "tick")
      svg += label(mark.label, place, floor + 16, "middle")
    }
    svg += segment(left, floor, width - right, floor, "axis")
    svg += label(x.title, (left + width - right) / 2, height - 8, "middle", "title")
    let middle = (top + floor) / 2
    svg += "<text class=\"title\" text-anchor=\"middle\" "
    svg += "transform=\"translate(12 \(text(middle))) rotate(-90)\">\(HTML.escaped(y.title))</text>"
    return svg
  }

  private func drawing(of line: Line) -> String {
    guard !line.points.isEmpty else { return "" }
    var path = ""
    var previous: Double?
    for (index, point) in line.points.enumerated() {
      let place = text(horizontal(point.x))
      let level = vertical(point.y)
      if index == 0 {
        path = "M\(place) \(text(level))"
      } else {
        if line.isStepped, let previous { path += "L\(place) \(text(previous))" }
        path += "L\(place) \(text(level))"
      }
      previous = level
    }
    if line.points.count == 1 {
      let point = line.points[0]
      let place = "cx=\"\(text(horizontal(point.x)))\" cy=\"\(text(vertical(point.y)))\""
      return "<circle class=\"dot \(line.style)\" \(place) r=\"3\"/>"
    }
    return "<path class=\"line \(line.style)\" d=\"\(path)\"/>"
  }

  private func horizontal(_ value: Double) -> Double {
    left + x.place(of: value) * (width - left - right)
  }

  private func vertical(_ value: Double) -> Double {
    height - bottom - y.place(of: value) * (height - top - bottom)
  }

  private func segment(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String)
    -> String
  {
    "<line class=\"\(style)\" x1=\"\(text(x1))\" y1=\"\(text(y1))\""
      + " x2=\"\(text(x2))\" y2=\"\(text(y2))\"/>"
  }

  private func label(
    _ words: String, _ x: Double, _ y: Double, _ anchor: String, _ style: String = "label"
  ) -> String {
    "<text class=\"\(style)\" text-anchor=\"\(anchor)\" x=\"\(text(x))\" y=\"\(text(y))\">"
      + "\(HTML.escaped(words))</text>"
  }

  private func text(_ number: Double) -> String { Figures.fixed(number, places: 1) }
}

extension SVGChart.Axis {
  /// A linear axis from zero with about five round marks.
  static func fromZero(_ title: String, to highest: Double, label: (Double) -> String) -> Self {
    let step = roundStep(for: max(highest, 1e-9) / 5)
    var marks: [(value: Double, label: String)] = []
    var value = 0.0
    while value < highest + step * 0.999, marks.count < 12 {
      marks.append((value, label(value)))
      value += step
    }
    let top = marks.last?.value ?? 1
    return Self(title: title, range: 0...max(top, 1e-9), marks: marks)
  }

  /// A logarithmic axis over whole powers of ten around the values.
  static func logarithmic(
    _ title: String, from lowest: Double, to highest: Double, label: (Double) -> String
  ) -> Self {
    var low = 1.0
    while low > max(lowest, 1e-6) { low /= 10 }
    while low * 10 <= max(lowest, 1e-6) { low *= 10 }
    var high = low * 10
    var marks: [(value: Double, label: String)] = [(low, label(low)), (high, label(high))]
    while high < highest, marks.count < 14 {
      high *= 10
      marks.append((high, label(high)))
    }
    return Self(title: title, range: low...high, isLogarithmic: true, marks: marks)
  }

  /// 1, 2 or 5 times a power of ten, at least the given size.
  private static func roundStep(for size: Double) -> Double {
    var power = 1.0
    while power > size { power /= 10 }
    while power * 10 <= size { power *= 10 }
    return [1, 2, 5, 10].map { $0 * power }.first { $0 >= size } ?? power * 10
  }
}
