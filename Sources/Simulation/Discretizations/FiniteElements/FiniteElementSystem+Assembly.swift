package import Arrays
import Equations
import Geometry
import LinearSolvers

extension FiniteElementSystem {
  /// Elements whose matrices are made together, before they are added one after the other.
  private static let batch = 128

  package func assemble(
    _ state: StateVector, time: Double, residual: StateVector, jacobian: AlignedStorage<Double>?
  ) {
    residual.baseAddress.update(repeating: 0, count: count)
    fill(inputs, state)
    loads.evaluate(inputs: inputs, time: time)
    addLoads(to: residual)
    if let jacobian {
      jacobian.baseAddress.update(repeating: 0, count: pattern.nonzeroCount)
      slopes.evaluate(inputs: inputs, time: time)
      for block in blocks where !block.terms.entries.isEmpty {
        add(block, block.terms.entries, to: jacobian, isMass: false)
      }
    }
    for condition in natural { condition.add(state, time: time, self, to: residual, jacobian) }
    for (row, position) in identity {
      residual.baseAddress[row] = 0
      jacobian?.baseAddress[position] = 1
    }
  }

  package func assembleMass(time: Double, into values: AlignedStorage<Double>) {
    values.baseAddress.update(repeating: 0, count: pattern.nonzeroCount)
    slopes.evaluate(inputs: inputs, time: time)
    for block in blocks {
      guard let mass = block.terms.mass else { continue }
      add(block, [.init(test: 0, trial: 0, position: mass)], to: values, isMass: true)
    }
  }

  /// The values and derivatives of all unknowns at quadrature points.
  func fill(_ inputs: [AlignedStorage<Double>], _ state: StateVector) {
    let (dimension, points) = (mesh.dimension, geometry.rule.count)
    let chunk = 512
    let chunks = (mesh.elementCount + chunk - 1) / chunk
    nonisolated(unsafe) let this = self
    let body: @Sendable (Int, Int) -> Void = { number, _ in
      for unknown in this.form.unknowns.indices {
        let nodes = this.spaces[unknown].meshNodes
        let (width, table) = (nodes.nodesPerElement, this.tables[unknown])
        let values = state.baseAddress + this.ranges[unknown].lowerBound
        let targets = (0...dimension).map {
          inputs[this.form.input(unknown, axis: $0 == 0 ? nil : $0 - 1)].baseAddress
        }
        table.values.withUnsafeBufferPointer { shape in
          table.gradients.withUnsafeBufferPointer { slopes in
            for element in number * chunk..<min((number + 1) * chunk, this.mesh.elementCount) {
              let own = nodes.elementNodes.baseAddress + element * width
              for q in 0..<points {
                let point = element * points + q
                var (value, slope) = (0.0, SIMD3<Double>.zero)
                for a in 0..<width {
                  let coefficient = values[Int(own[a])]
                  value += shape[q * width + a] * coefficient
                  for r in 0..<dimension { slope[r] += slopes[(q * width + a) * dimension + r] * coefficient }
                }
                targets[0][point] = value
                let inverse = this.geometry.inverses.baseAddress + point * dimension * dimension
                for axis in 0..<dimension {
                  var sum = 0.0
                  for r in 0..<dimension { sum += slope[r] * inverse[r * dimension + axis] }
                  targets[axis + 1][point] = sum
                }
              }
            }
          }
        }
      }
    }
    run(chunks, body)
  }

  private func run(_ chunks: Int, _ body: @escaping @Sendable (Int, Int) -> Void) {
    if let workers, chunks > 1 {
      workers.run(chunks: chunks, body)
    } else {
      for chunk in 0..<chunks { body(chunk, 0) }
    }
  }

  /// ∫ (s v − F·∇v).
  private func addLoads(to residual: StateVector) {
    let (dimension, points) = (mesh.dimension, geometry.rule.count)
    for (equation, load) in terms.loads.enumerated() {
      let nodes = spaces[equation].meshNodes
      let (width, table) = (nodes.nodesPerElement, tables[equation])
      let target = residual.baseAddress + ranges[equation].lowerBound
      let parts = load.map { (test: $0.test, values: loads.results[$0.position].baseAddress) }
      table.values.withUnsafeBufferPointer { shape in
        table.gradients.withUnsafeBufferPointer { slopes in
          for element in 0..<mesh.elementCount {
            let own = nodes.elementNodes.baseAddress + element * width
            for q in 0..<points {
              let point = element * points + q
              let weight = geometry.weights.baseAddress[point]
              let inverse = geometry.inverses.baseAddress + point * dimension * dimension
              // The flux along reference coordinates, so that reference gradients suffice.
              var (source, flux) = (0.0, SIMD3<Double>.zero)
              for (test, values) in parts {
                let value = weight * values[point]
                if test == 0 {
                  source += value
                } else {
                  for r in 0..<dimension { flux[r] += value * inverse[r * dimension + test - 1] }
                }
              }
              for a in 0..<width {
                var sum = source * shape[q * width + a]
                for r in 0..<dimension { sum += flux[r] * slopes[(q * width + a) * dimension + r] }
                target[Int(own[a])] += sum
              }
            }
          }
        }
      }
    }
  }

  /// Element matrices are made by all workers, a batch at a time, and added in the order of the elements.
  private func add(
    _ block: ElementBlock, _ entries: [FiniteElementTerms.Entry], to values: AlignedStorage<Double>,
    isMass: Bool
  ) {
    let size = block.rowWidth * block.columnWidth
    let threads = workers?.count ?? 1
    let batch = Self.batch * threads
    let buffer = AlignedStorage<Double>(count: batch * size)
    let factors = entries.map {
      (test: $0.test, trial: $0.trial, values: slopes.results[$0.position].baseAddress)
    }
    nonisolated(unsafe) let this = self
    nonisolated(unsafe) let sources = factors
    var first = 0
    while first < mesh.elementCount {
      let last = min(first + batch, mesh.elementCount)
      let start = first
      run((last - first + Self.batch - 1) / Self.batch) { chunk, _ in
        let lower = start + chunk * Self.batch
        for element in lower..<min(lower + Self.batch, last) {
          this.matrix(
            of: element, block, sources, into: buffer.baseAddress + (element - start) * size)
        }
      }
      let positions = block.positions.baseAddress + first * size
      for entry in 0..<(last - first) * size {
        let position = Int(positions[entry])
        if position >= 0 {
          values.baseAddress[position] += buffer.baseAddress[entry]
        } else if isMass, position < -1 {
          values.baseAddress[-2 - position] += buffer.baseAddress[entry]
        }
      }
      first = last
    }
  }

  /// Σ_q w Σ (test slot) c (trial slot) for all pairs of functions.
  private func matrix(
    of element: Int, _ block: ElementBlock,
    _ factors: [(test: Int, trial: Int, values: UnsafeMutablePointer<Double>)],
    into matrix: UnsafeMutablePointer<Double>
  ) {
    let (dimension, points) = (mesh.dimension, geometry.rule.count)
    let (rows, columns) = (block.rowWidth, block.columnWidth)
    matrix.update(repeating: 0, count: rows * columns)
    let (tests, trials) = (tables[block.terms.equation], tables[block.terms.unknown])
    tests.values.withUnsafeBufferPointer { testValues in
      tests.gradients.withUnsafeBufferPointer { testSlopes in
        trials.values.withUnsafeBufferPointer { trialValues in
          trials.gradients.withUnsafeBufferPointer { trialSlopes in
            for q in 0..<points {
              let point = element * points + q
              let weight = geometry.weights.baseAddress[point]
              let inverse = geometry.inverses.baseAddress + point * dimension * dimension
              // Coefficients between reference slots: slot 0 the value, slot 1 + r the derivative along ξ_r.
              var slots = InlineArray<16, Double>(repeating: 0)
              for (test, trial, values) in factors {
                let c = weight * values[point]
                for r in 0..<(test == 0 ? 1 : dimension) {
                  let left = test == 0 ? c : c * inverse[r * dimension + test - 1]
                  let row = test == 0 ? 0 : r + 1
                  for s in 0..<(trial == 0 ? 1 : dimension) {
                    slots[row * 4 + (trial == 0 ? 0 : s + 1)] +=
                      trial == 0 ? left : left * inverse[s * dimension + trial - 1]
                  }
                }
              }
              for b in 0..<columns {
                var side = SIMD4<Double>.zero
                for row in 0...dimension {
                  var sum = slots[row * 4] * trialValues[q * columns + b]
                  for s in 0..<dimension {
                    sum += slots[row * 4 + s + 1] * trialSlopes[(q * columns + b) * dimension + s]
                  }
                  side[row] = sum
                }
                for a in 0..<rows {
                  var sum = side[0] * testValues[q * rows + a]
                  for r in 0..<dimension { sum += side[r + 1] * testSlopes[(q * rows + a) * dimension + r] }
                  matrix[a * columns + b] += sum
                }
              }
            }
          }
        }
      }
    }
  }
}
