// SPDX-License-Identifier: Apache-2.0
//
// Line charts as inline SVG: no script, colours from the page's style sheet, lines told apart in black
// and white by their dashes. Every chart is drawn twice, for wide pages and for telephones, and the style
// sheet shows the one that can be read. Knows numbers and texts, nothing of SMTP.

/// A chart with one horizontal and one vertical axis.
struct SVGChart {
  /// A line: its name and its points in the units of the axes.
  struct Line {
    var name: String
    var points: [(x: Double, y: Double)]
    /// Class of the style sheet that colours it, `c1` to `c6`.
    var style: String
    /// Marks every point, where each stands for itself.
    var isDotted = false
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

  /// Names the chart for scripts.
  var id: String
  var title: String
  var x: Axis
  var y: Axis
  var lines: [Line]
  var height = 250.0

  /// The `<figure>` with its drawings and its legend.
  var markup: String {
    let drawings = [
      SVGDrawing(chart: self, style: "wide", width: 760, height: height),
      SVGDrawing(chart: self, style: "narrow", width: 340, height: max(220, height * 0.9)),
    ]
    return "<figure class=\"chart\" data-chart=\"\(HTML.escaped(id))\">"
      + "<h3>\(HTML.escaped(title))</h3>"
      + drawings.map(\.markup).joined() + legend + "</figure>"
  }

  private var legend: String {
    guard lines.count > 1 || lines.first?.name.isEmpty == false else { return "" }
    let keys = lines.map { line in
      "<span class=\"key\"><svg viewBox=\"0 0 26 8\" aria-hidden=\"true\">"
        + "<path class=\"line \(line.style)\" d=\"M0 4H26\"/></svg>\(HTML.escaped(line.name))</span>"
    }
    return "<figcaption>\(keys.joined(separator: " "))</figcaption>"
  }
}

/// One drawing of a chart, at one size.
private struct SVGDrawing {
  let chart: SVGChart
  let style: String
  let width: Double
  let height: Double
  private let right = 16.0
  private let top = 10.0
  private let bottom = 46.0

  /// Room that a label takes: the style sheet writes them 12 units high.
  private static let unitsPerLetter = 6.8

  var markup: String {
    var svg = "<svg class=\"\(style)\" viewBox=\"0 0 \(text(width)) \(text(height))\" role=\"img\""
    svg += " aria-label=\"\(HTML.escaped(chart.title))\">"
    svg += grid
    for line in chart.lines { svg += drawing(of: line) }
    return svg + "</svg>"
  }

  /// Room for the axis' title and its longest label.
  private var left: Double {
    let longest = chart.y.marks.map { $0.label.count }.max() ?? 0
    return 30 + Double(longest) * Self.unitsPerLetter
  }

  private var grid: String {
    var svg = ""
    let floor = height - bottom
    for mark in chart.y.marks {
      let level = vertical(mark.value)
      svg += segment(left, level, width - right, level, "grid")
      svg += label(mark.label, left - 6, level + 4, "end", "label y")
    }
    for mark in roomyMarks {
      let place = horizontal(mark.value)
      svg += segment(place, floor, place, floor + 4, "tick")
      svg += label(mark.label, place, floor + 17, "middle", "label x")
    }
    svg += segment(left, floor, width - right, floor, "axis")
    svg += label(chart.x.title, (left + width - right) / 2, height - 8, "middle", "title")
    let middle = (top + floor) / 2
    svg += "<text class=\"title\" text-anchor=\"middle\" "
    svg += "transform=\"translate(14 \(text(middle))) rotate(-90)\">"
    return svg + "\(HTML.escaped(chart.y.title))</text>"
  }

  /// The marks of the horizontal axis whose labels neither touch each other nor leave the drawing.
  private var roomyMarks: [(value: Double, label: String)] {
    var end = 0.0
    return chart.x.marks.filter { mark in
      let half = Double(mark.label.count) * Self.unitsPerLetter / 2
      let place = horizontal(mark.value)
      guard place - half > end, place + half <= width else { return false }
      end = place + half + 8
      return true
    }
  }

  private func drawing(of line: SVGChart.Line) -> String {
    let places = line.points.map { "\(text(horizontal($0.x))) \(text(vertical($0.y)))" }
    guard let first = places.first else { return "" }
    var svg = ""
    if places.count > 1 {
      let path = "M\(first)" + places.dropFirst().map { "L\($0)" }.joined()
      svg += "<path class=\"line \(line.style)\" d=\"\(path)\"/>"
    }
    guard line.isDotted || places.count == 1 else { return svg }
    for point in line.points {
      let place = "cx=\"\(text(horizontal(point.x)))\" cy=\"\(text(vertical(point.y)))\""
      svg += "<circle class=\"dot \(line.style)\" \(place) r=\"3\"/>"
    }
    return svg
  }

  private func horizontal(_ value: Double) -> Double {
    left + chart.x.place(of: value) * (width - left - right)
  }

  private func vertical(_ value: Double) -> Double {
    height - bottom - chart.y.place(of: value) * (height - top - bottom)
  }

  private func segment(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ style: String)
    -> String
  {
    "<line class=\"\(style)\" x1=\"\(text(x1))\" y1=\"\(text(y1))\""
      + " x2=\"\(text(x2))\" y2=\"\(text(y2))\"/>"
  }

  private func label(
    _ words: String, _ x: Double, _ y: Double, _ anchor: String, _ style: String
  ) -> String {
    "<text class=\"\(style)\" text-anchor=\"\(anchor)\" x=\"\(text(x))\" y=\"\(text(y))\">"
      + "\(HTML.escaped(words))</text>"
  }

  private func text(_ number: Double) -> String { Figures.fixed(number, places: 1) }
}

extension SVGChart.Axis {
  /// A linear axis from zero with about five round marks.
  static func fromZero(
    _ title: String, to highest: Double, leastStep: Double = 0, label: (Double) -> String
  ) -> Self {
    let step = max(leastStep, roundStep(for: max(highest, 1e-9) / 5))
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
