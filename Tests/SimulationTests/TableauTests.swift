import Simulation
import TestSupport
import Testing

/// Coefficients that were typed are held against what they must satisfy.
@Suite("Runge–Kutta coefficients")
struct TableauTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var stepper: StepperDescription
    var tableau: OneStepTableau
    /// Fractions of thirteen digits over thirteen digits hold to rounding.
    var tolerance = 1e-14
    var testDescription: String { stepper.name }
  }

  static let cases = [
    Case(stepper: .ars222, tableau: StepperDescription.ars222Tableau),
    Case(stepper: .ars343, tableau: StepperDescription.ars343Tableau),
    Case(stepper: .ark3, tableau: StepperDescription.ark3Tableau),
    Case(stepper: .ark4, tableau: StepperDescription.ark4Tableau),
    Case(stepper: .dormandPrince5, tableau: StepperDescription.dormandPrinceTableau),
  ]

  @Test("Rows sum to their nodes", arguments: cases)
  func rowSums(_ item: Case) throws {
    let pair = try #require(ButcherPair(item.tableau))
    #expect(pair.rowSumDefects.allSatisfy { $0 < 1e-14 }, "\(pair.rowSumDefects)")
  }

  @Test("Order conditions hold, coupling ones included", arguments: cases)
  func orderConditions(_ item: Case) throws {
    let pair = try #require(ButcherPair(item.tableau))
    for weights in [pair.explicitWeights, pair.implicitWeights] {
      for (name, defect) in pair.defects(weights: weights, upTo: item.stepper.order) {
        #expect(defect < item.tolerance, "Σ b \(name)")
      }
    }
    if let order = item.stepper.estimateOrder {
      for weights in [try #require(pair.embeddedExplicit), try #require(pair.embeddedImplicit)] {
        for (name, defect) in pair.defects(weights: weights, upTo: order) {
          #expect(defect < item.tolerance, "embedded Σ b \(name)")
        }
        // One order more would make it useless as an estimate.
        #expect(pair.defects(weights: weights, upTo: order + 1).contains { $0.defect > 1e-6 })
      }
    }
  }

  @Test("Carpenter and Kennedy's two registers are a method of fourth order")
  func lowStorage() throws {
    let tableau = LowStorageTableau.carpenterKennedy(isExplicit: true)
    let butcher = tableau.butcherTableau
    for (node, row) in zip(butcher.nodes, butcher.matrix) {
      #expect(abs(node - row.reduce(0, +)) < 1e-12)
    }
    let explicit = OneStepTableau.explicit(
      nodes: butcher.nodes, matrix: Array(butcher.matrix.dropFirst()).map { $0 }, weights: butcher.weights)
    let pair = try #require(ButcherPair(explicit))
    for (name, defect) in pair.defects(weights: pair.explicitWeights, upTo: 4) {
      #expect(defect < 1e-12, "Σ b \(name)")
    }
  }
}
