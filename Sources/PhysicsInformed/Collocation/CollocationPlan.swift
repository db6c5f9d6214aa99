package import Equations
package import Geometry

/// How many points there are of each sort.
package struct PointCounts: Sendable, Hashable {
  package var interior = 4000
  /// On every part of the boundary with conditions of its own.
  package var boundary = 256
  package var initial = 256

  package init() {}
}

/// A problem as terms of a loss: what is made small, at how many points, and where they lie.
package struct CollocationPlan: Sendable {
  /// Where the points of a term lie.
  package enum Region: Sendable, Hashable {
    case interior
    /// Faces of a box.
    case faces([Face])
    /// A named part of the boundary of a geometry, or the rest of it without some parts.
    case part(String)
    case restOfBoundary(without: [String])
    /// The domain at the first time.
    case firstTime
    /// Where something is measured: the number of the form's data.
    case measured(Int)
  }
  package struct Term: Sendable {
    package var description: TermDescription
    package var region: Region
    package var count: Int
  }
  package private(set) var terms: [Term] = []
  package let form: PointwiseForm
  package let constraints: ConstraintPlan

  /// - Throws: `CollocationError` where nothing is asked.
  package init(
    _ form: PointwiseForm, style: ConstraintPlan.Style, counts: PointCounts
  ) throws(CollocationError) {
    self.form = form
    constraints = ConstraintPlan(form, style: style)
    guard !form.equations.isEmpty else { throw .noResidual }
    add("equations", .equations, form.equations, .interior, counts.interior)
    addBoundary(counts.boundary)
    addInitial(counts.initial)
    for number in form.data.indices { addData(number) }
  }

  /// Each sort of data is a term, its values beside the coordinates of its points.
  private mutating func addData(_ number: Int) {
    let data = form.data[number]
    let names = data.relations.map(\.name).joined(separator: ", ")
    add(
      "\(names) of data", .data, data.relations, .measured(number),
      data.count(coordinates: form.coordinates.count))
    terms[terms.count - 1].description.columns += data.relations.indices.map {
      PointwiseForm.measuredValue($0)
    }
  }

  /// - Parameter other: the form whose derivatives the relations have, if it is not the plan's own.
  private mutating func add(
    _ name: String, _ kind: TermDescription.Kind, _ relations: [PointwiseForm.Relation], _ region: Region,
    _ count: Int, of other: PointwiseForm? = nil
  ) {
    let (expressions, derivatives) = (other ?? form).compact(relations.map(\.expression))
    var compacted = relations
    for (number, expression) in expressions.enumerated() { compacted[number].expression = expression }
    let normals = kind == .boundary ? form.domain.axes.map { PointwiseForm.normalComponent($0.name) } : []
    terms.append(
      Term(
        description: TermDescription(
          name: name, kind: kind, relations: compacted, derivatives: derivatives,
          columns: form.coordinates + normals, capacity: count), region: region, count: count))
  }

  /// Conditions at the same place are one term; so are faces with the same conditions.
  private mutating func addBoundary(_ count: Int) {
    var groups: [(region: Region, places: [BoundaryPlace], relations: [PointwiseForm.Relation])] = []
    for condition in constraints.softBoundary {
      let region = region(of: condition)
      if let same = groups.firstIndex(where: { $0.region == region }) {
        groups[same].relations.append(condition.relation)
      } else {
        groups.append((region, [condition.place], [condition.relation]))
      }
    }
    var joined: [(region: Region, places: [BoundaryPlace], relations: [PointwiseForm.Relation])] = []
    for group in groups {
      if case .faces(let faces) = group.region,
        let same = joined.firstIndex(where: { other in
          if case .faces = other.region {
            other.relations.map(\.expression) == group.relations.map(\.expression)
          } else {
            false
          }
        }), case .faces(let known) = joined[same].region
      {
        joined[same].region = .faces(known + faces)
        joined[same].places += group.places
      } else {
        joined.append(group)
      }
    }
    for (region, places, relations) in joined {
      let text = form.domain.text(of: places)
      let names = relations.map(\.name).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
      add("\(names.joined(separator: ", ")) \(text)", .boundary, relations, region, count)
    }
  }

  /// Where a condition holds; the rest is what no other condition of the same unknown names.
  private func region(of condition: PointwiseForm.Condition) -> Region {
    let others = form.boundary.filter { $0.unknown == condition.unknown }.map(\.place)
    switch condition.place {
    case .part(let name): return .part(name)
    case .face(let face): return .faces([face])
    case .rest:
      guard form.domain.isBox else {
        return .restOfBoundary(
          without: others.compactMap { if case .part(let name) = $0 { name } else { nil } })
      }
      return .faces(form.domain.faces.filter { !others.contains(.face($0)) })
    }
  }

  private mutating func addInitial(_ count: Int) {
    guard !constraints.softInitial.isEmpty, form.domain.time != nil else { return }
    var form = form
    let relations = constraints.softInitial.map { initial in
      var orders = form.coordinates.map { _ in 0 }
      orders[orders.count - 1] = initial.timeOrder
      let number = form.number(of: .init(unknown: initial.unknown, orders: orders))
      let name = form.unknowns[initial.unknown].name
      return PointwiseForm.Relation(
        expression: (.input(number) - initial.value).simplified(), origin: initial.origin,
        name: initial.timeOrder == 0 ? name : "dt(\(name))")
    }
    add(
      "\(relations.map(\.name).joined(separator: ", ")) at the first time", .initial, relations, .firstTime,
      count,
      of: form)
  }
}

extension Domain {
  /// Both ends of every axis that is not periodic.
  var faces: [Face] {
    axes.indices.filter { !axes[$0].isPeriodic }.flatMap { axis in
      Side.allCases.map { Face(axis: axis, side: $0) }
    }
  }
}

extension PointwiseForm {
  /// The number of a derivative, a new one if there is none yet.
  fileprivate mutating func number(of derivative: Derivative) -> Int {
    if let known = derivatives.firstIndex(of: derivative) { return known }
    derivatives.append(derivative)
    return derivatives.count - 1
  }
}
