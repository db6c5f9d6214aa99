import Arrays
import Differentiation
public import Exchange
import Equations
import Learning
import PhysicsInformed
import ProblemFiles

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a file says of a network at points, beside its parameters.
public struct CollocationHeader: Sendable, Codable, Hashable {
  /// Versions of this header that can be read: this one.
  public static let currentVersion = 1
  public var version = Self.currentVersion
  public var recipe: String
  public var seed: UInt64
  public var precision: String
  public var steps: Int
  public var trainingSeconds: Double
  /// What was made small, at the end.
  public var loss: Double
  /// Its problem is the text that the network is made from again.
  public var provenance: Provenance

  /// The entry of a file's metadata that holds the header.
  static let key = "parseval_points"
}

/// A parameter of a problem that was found from data.
public struct FoundParameter: Sendable, Hashable {
  public var name: String
  public var value: Double
  /// What it is in truth, where that is known.
  public var exact: Double?
  public var unit: String?
}

/// A problem with a recipe, as the function that its network is.
struct CollocationSetup {
  let file: ProblemFile
  let recipe: CollocationRecipe
  let plan: CollocationPlan
  let ansatz: Ansatz
  let seed: UInt64

  /// - Throws: `ProblemFileError` for what is wrong, at its place.
  ///
  /// - Parameters:
  ///   - folder: what the paths of data files are relative to.
  ///   - isolation: in which process they are opened.
  init(
    _ file: ProblemFile, recipe name: String, seed: UInt64?, folder: String? = nil,
    isolation: NetCDF.Isolation = .inProcess
  ) throws {
    self.file = file
    recipe = try CollocationRecipe(try file.recipe(named: name))
    self.seed = seed ?? recipe.seed
    var form: PointwiseForm
    do { form = try PointwiseForm(file.problem) } catch {
      throw ProblemFileError(diagnostics: error.errors.map(file.diagnostic))
    }
    form = try file.readingMeasurements(of: form, relativeTo: folder, isolation: isolation)
    do { plan = try CollocationPlan(form, style: recipe.style, counts: recipe.counts) } catch {
      throw file.located(error)
    }
    ansatz = Ansatz(
      embedding: recipe.embedding(of: form, seed: self.seed), network: try recipe.makeNetwork(),
      constraint: plan.constraints.constraint, parameters: form.parameters.map { ($0.name, $0.initial) })
  }

  /// Finds what is wrong with a recipe of this sort, or with the problem for it, without a network and points.
  static func check(_ file: ProblemFile, _ recipe: Recipe) throws(ProblemFileError) {
    _ = try CollocationRecipe(recipe)
    if case .pointwise = file.formulation { return }
    do { _ = try PointwiseForm(file.problem) } catch {
      throw ProblemFileError(diagnostics: error.errors.map(file.diagnostic))
    }
  }

  /// The system with its points.
  func system<Scalar: LearningScalar>(
    _ scalar: Scalar.Type, sampler: any Sampler, workers: Workers
  ) throws -> CollocationSystem<Scalar> {
    do {
      var descriptions = plan.terms.map(\.description)
      for (number, term) in plan.terms.enumerated() where term.description.kind == .equations {
        descriptions[number].capacity = sampler.largestCount(of: term.count)
      }
      let system = try CollocationSystem<Scalar>(
        descriptions, ansatz, seed: seed, tile: recipe.tile, workers: workers)
      for (number, term) in plan.terms.enumerated() {
        if term.description.kind == .equations {
          system.terms[number].set(try sampler.begin(term.count))
        } else {
          let (points, normals) = try plan.points(of: term, problem: file.problem, seed: seed)
          system.terms[number].set(points, normals: normals)
        }
        system.weights[number] = recipe.weights[term.description.kind] ?? 1
      }
      return system
    } catch let error as CollocationError {
      throw file.located(error)
    } catch let error as SamplingError { throw recipe.located(error) }
  }

  /// The parameters of the network, not yet read.
  func recordedStore<Scalar: LearningScalar>(_ scalar: Scalar.Type) throws -> ParameterStore<Scalar> {
    let store = ParameterStore<Scalar>()
    do { _ = try AnsatzEvaluator(ansatz, names: plan.form.coordinates, store: store) } catch {
      throw file.located(error)
    }
    return store
  }

  /// What the parameters that are to be found have become.
  func foundParameters<Scalar: LearningScalar>(_ store: ParameterStore<Scalar>) -> [FoundParameter] {
    plan.form.parameters.compactMap { parameter in
      guard let slot = store.layout.slots.first(where: { $0.name == "problem.\(parameter.name)" }) else {
        return nil
      }
      return FoundParameter(
        name: parameter.name, value: Double(store.values.baseAddress[slot.offset]), exact: parameter.exact,
        unit: parameter.unit)
    }
  }

  /// What chooses the points of the equations.
  ///
  /// - Throws: `ProblemFileError` for a sampler that does not exist, or a parameter of it that is wrong.
  func makeSampler() throws -> any Sampler {
    do {
      return try SamplerRegistry.kind(named: recipe.sampler.name).make(
        for: plan.domain, seed: seed, settings: recipe.sampler.settings)
    } catch let error as LearningError { throw recipe.locatedAtSampler("\(error)") }
  }
}

extension ProblemFile {
  /// What of the problem a network at points cannot be made for, at its place.
  func located(_ error: CollocationError) -> any Error {
    switch error {
    case .notEvaluable(let text, let subject):
      ProblemFileError(diagnostics: [
        diagnostic(EquationError(subject, "a network cannot be trained on this: \(text)"))
      ])
    case .orderTooHigh(let order):
      ProblemFileError(diagnostics: [
        diagnostic(
          EquationError(
            .problem, "there is a derivative of order \(order), and networks are followed to order 4"))
      ])
    case .noResidual:
      ProblemFileError(diagnostics: [diagnostic(EquationError(.problem, "there is no equation to satisfy"))])
    }
  }
}
