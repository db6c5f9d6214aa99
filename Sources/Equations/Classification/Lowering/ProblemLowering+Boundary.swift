import Geometry

/// What was given for a scalar unknown on the two ends of an axis.
private struct FaceData {
  /// The number of the condition.
  var condition: Int
  var kind: BoundaryCondition.Kind
  var value: Polynomial
}

extension ProblemLowering {
  /// Assigns boundary kinds and builds the liftings; mistakes are collected.
  mutating func applyBoundaryConditions() {
    var data: [Face: [Int: FaceData]] = [:]
    for (index, condition) in problem.boundary.enumerated() { assign(condition, index, &data) }
    for axis in domain.axes.indices where !domain.axes[axis].isPeriodic {
      let faces = (Face(axis: axis, side: .lower), Face(axis: axis, side: .upper))
      for scalar in scalars.indices {
        guard let lower = data[faces.0]?[scalar], let upper = data[faces.1]?[scalar] else { continue }
        setBoundary(AxisBoundary(lower: lower.kind, upper: upper.kind), of: scalar, axis: axis)
        do throws(EquationError) {
          try lift(scalar, axis, lower, upper)
        } catch {
          errors.append(EquationError(.unknown(scalars[scalar].origin), error.message, hint: error.hint))
        }
      }
    }
    reportMissing(data)
    for scalar in scalars.indices { checkEdges(of: scalar, data.compactMapValues { $0[scalar] }) }
    liftMeans()
  }

  /// Whether a gauge fixes the mean of a scalar unknown.
  private func gauge(of scalar: Int) -> Gauge? {
    guard scalars[scalar].part == .whole else { return nil }
    return problem.gauges.first { $0.unknown == scalars[scalar].origin }
  }

  /// Puts the means that gauges ask for into the liftings, so that the solved unknowns have none.
  private mutating func liftMeans() {
    for scalar in scalars.indices {
      guard let mean = gauge(of: scalar)?.mean, mean != 0,
        scalars[scalar].boundary.allSatisfy({ $0 == nil || ($0?.lower == .neumann && $0?.upper == .neumann) })
      else { continue }
      var lifting = liftings[scalar]
      lifting.add(mean, .one)
      setLifting(lifting, of: scalar)
    }
  }

  private mutating func assign(
    _ condition: BoundaryCondition, _ index: Int, _ data: inout [Face: [Int: FaceData]]
  ) {
    let name = condition.unknown
    guard let face = condition.face, condition.kind != .robin else {
      errors.append(
        EquationError(
          .boundary(index), "a Robin condition, or one on a part of a geometry, is beyond spectral methods",
          hint: "solve with 'discretization: {method: finite-element}'"))
      return
    }
    guard domain.axes.indices.contains(face.axis) else {
      errors.append(
        EquationError(.boundary(index), "the condition for '\(name)' names an axis that does not exist"))
      return
    }
    let targets = scalars.indices.filter { scalars[$0].origin == name || scalars[$0].name == name }
    guard !targets.isEmpty else {
      let names = Set(scalars.flatMap { [$0.origin, $0.name] }).sorted()
      errors.append(
        EquationError(
          .boundary(index), "'\(name)' is not an unknown and can have no boundary condition",
          hint: nearestName(to: name, in: names).map { "did you mean '\($0)'?" }))
      return
    }
    guard !domain.axes[face.axis].isPeriodic else {
      errors.append(
        EquationError(
          .boundary(index),
          "'\(name)' can have no condition at \(place(face)): the axis is periodic"))
      return
    }
    guard let values = values(of: condition, on: face, index, targets) else { return }
    var reported = false
    for (scalar, value) in zip(targets, values) {
      if data[face]?[scalar] != nil {
        if !reported {
          errors.append(
            EquationError(.boundary(index), "\(name) has two conditions at \(place(face))"))
        }
        reported = true
        continue
      }
      data[face, default: [:]][scalar] = FaceData(
        condition: index, kind: condition.kind, value: value)
    }
  }

  /// The given value for each target, on the face.
  private mutating func values(
    of condition: BoundaryCondition, on face: Face, _ index: Int, _ targets: [Int]
  ) -> [Polynomial]? {
    guard let tensor = tensor(condition.value, .boundary(index)) else {
      // The mistake is known already; zero keeps the count of conditions right.
      return targets.map { _ in Polynomial() }
    }
    do throws(EquationError) {
      var values: [Polynomial] = []
      for value in try pointwiseValues(tensor, of: condition.unknown, targets) {
        guard value.coefficients.keys.allSatisfy(lowering.isExplicit) else {
          throw EquationError(
            .problem, "the boundary value of '\(condition.unknown)' may only depend on coordinates and time")
        }
        values.append(try restricted(value, to: face))
      }
      return values
    } catch {
      errors.append(EquationError(.boundary(index), error.message, hint: error.hint))
      return targets.map { _ in Polynomial() }
    }
  }

  /// The value of a condition for each scalar unknown that it is about, outer derivatives carried out.
  mutating func pointwiseValues(
    _ tensor: Tensor, of unknown: String, _ targets: [Int]
  ) throws(EquationError) -> [Polynomial] {
    var sums: [DifferentialSum]
    if targets.count == 1 {
      sums = [try lowering.scalar(tensor, "the boundary value of '\(unknown)'").re]
    } else if scalars[targets[0]].part == .real {
      let value = try lowering.scalar(tensor, "the boundary value of '\(unknown)'")
      sums = [value.re, value.im]
    } else if tensor.rank == 1 {
      sums = tensor.components.map(\.re)
    } else if tensor.isZero {
      sums = targets.map { _ in DifferentialSum() }
    } else {
      throw EquationError(.problem, "the boundary value of the vector '\(unknown)' must be a vector or 0")
    }
    var values: [Polynomial] = []
    for sum in sums { values.append(try lowering.pointwise(sum)) }
    return values
  }

  private mutating func restricted(_ value: Polynomial, to face: Face) throws(EquationError) -> Polynomial {
    let axis = domain.axes[face.axis]
    let position = Expression.number(face.side == .lower ? axis.lower : axis.upper)
    return try lowering.polynomial(of: value.plainExpression.substituting([axis.name: position]))
  }

  /// Adds to the lifting what makes the two conditions along one axis homogeneous.
  ///
  /// Axis by axis this is transfinite (boolean-sum) interpolation: a later axis only lifts what the earlier
  /// ones left over, which vanishes on their faces if the data agree at edges.
  private mutating func lift(
    _ scalar: Int, _ axis: Int, _ lower: FaceData, _ upper: FaceData
  ) throws(EquationError) {
    let first = try remainder(of: lower, scalar, Face(axis: axis, side: .lower))
    let second = try remainder(of: upper, scalar, Face(axis: axis, side: .upper))
    guard !first.isZero || !second.isZero else { return }
    let box = domain.axes[axis]
    let x = Expression.symbol(box.name)
    let fromLower = x - .number(box.lower)
    let (a, b) = (first.plainExpression, second.plainExpression)
    let blend: Expression
    switch (lower.kind, upper.kind) {
    case (.dirichlet, .dirichlet): blend = a + (b - a) * fromLower * .number(1 / box.length)
    case (.neumann, .neumann):
      // Of mean zero where a gauge fixes the mean; any function of the other axes alone may be added.
      let isGauged = gauge(of: scalar) != nil
      let linear = isGauged ? fromLower - .number(box.length / 2) : fromLower
      let square = .power(fromLower, .number(2)) * .number(0.5 / box.length)
      blend = -a * linear + (a + b) * (isGauged ? square - .number(box.length / 6) : square)
    case (.dirichlet, .neumann): blend = a + b * fromLower
    case (.neumann, .dirichlet): blend = b - a * (x - .number(box.upper))
    case (.robin, _), (_, .robin): preconditionFailure("lift: a Robin condition was let in")
    }
    var lifting = liftings[scalar]
    lifting.add(try lowering.polynomial(of: blend))
    setLifting(lifting, of: scalar)
  }

  /// The data of a face minus what the lifting so far already gives there.
  private mutating func remainder(
    of data: FaceData, _ scalar: Int, _ face: Face
  ) throws(EquationError) -> Polynomial {
    var present = liftings[scalar]
    if data.kind == .neumann {
      present = try lowering.totalDerivative(present, along: face.axis)
        .scaled(by: face.side == .upper ? 1 : -1)
    }
    present = try restricted(present, to: face)
    var result = data.value
    result.add(present, scale: -1)
    // sin(π) is not quite zero in binary; what is left of it must not count as boundary data.
    let scale = (data.value.coefficients.values.map(\.magnitude) + [1]).max() ?? 1
    result.coefficients = result.coefficients.filter { $0.value.magnitude > 1e-13 * scale }
    return result
  }

  /// What is lifted along one axis must leave the faces of the others alone.
  private mutating func checkEdges(of scalar: Int, _ data: [Face: FaceData]) {
    guard errors.isEmpty else { return }
    let scale = data.map { largest($0.value.value, on: $0.key) }.max() ?? 0
    for (face, given) in data.sorted(by: { $0.value.condition < $1.value.condition }) {
      guard let rest = try? remainder(of: given, scalar, face) else { continue }
      guard largest(rest, on: face) > 1e-9 * scale else { continue }
      errors.append(
        EquationError(
          .boundary(given.condition),
          "\(scalars[scalar].name)'s condition at \(place(face)) contradicts those of the faces it meets",
          hint: "sines and cosines need boundary data that agree, with their slopes, where two faces meet"))
      return
    }
  }

  /// The largest size of a function of coordinates and time on a face, of a few points and times.
  private func largest(_ function: Polynomial, on face: Face) -> Double {
    var points: [[String: Double]] = [[:]]
    if let time = domain.time {
      points = [time.lowerBound, (time.lowerBound + 2 * time.upperBound) / 3, time.upperBound].map {
        ["t": $0]
      }
    }
    for (index, axis) in domain.axes.enumerated() where index != face.axis {
      points = points.flatMap { point in
        [0, 1, 0.5, 0.2360680, 0.7320508].map {
          point.merging([axis.name: axis.lower + $0 * axis.length]) { $1 }
        }
      }
    }
    let expression = function.plainExpression
    return points.compactMap { try? expression.value($0).magnitude }.max() ?? 0
  }

  private mutating func reportMissing(_ data: [Face: [Int: FaceData]]) {
    for unknown in problem.unknowns {
      let parts = scalars.indices.filter { scalars[$0].origin == unknown.name }
      for axis in domain.axes.indices where !domain.axes[axis].isPeriodic {
        for side in Side.allCases {
          let face = Face(axis: axis, side: side)
          let missing = parts.filter { data[face]?[$0] == nil }
          if missing.isEmpty { continue }
          let names = missing.count == parts.count ? [unknown.name] : missing.map { scalars[$0].name }
          for name in names {
            errors.append(EquationError(.unknown(unknown.name), "\(name) has no condition at \(place(face))"))
          }
        }
      }
    }
  }

  private func place(_ face: Face) -> String {
    let axis = domain.axes[face.axis]
    return "\(axis.name) = \(Expression.number(face.side == .lower ? axis.lower : axis.upper))"
  }
}
