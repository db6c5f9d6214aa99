import Equations
import Geometry
import Testing

@Suite struct NormalFormFuzzTests {
  /// An expression whose kinds mostly do not fit, by a small linear generator.
  private static func expression(_ state: inout UInt64, depth: Int) -> String {
    func next(_ bound: Int) -> Int {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Int((state >> 33) % UInt64(bound))
    }
    func inner() -> String { expression(&state, depth: depth - 1) }
    guard depth > 0 else {
      return ["u", "v", "h", "nu", "a", "x", "t", "i", "2", "0", "v_y", "r", "[u, 1]"][next(13)]
    }
    switch next(12) {
    case 0, 1: return "(\(inner()) + \(inner()))"
    case 2, 3: return "\(inner())*\(inner())"
    case 4: return "(\(inner()))/(\(inner()))"
    case 5: return "(\(inner()))^\(["2", "3", "-1", "0.5", "u", "i", "60"][next(7)])"
    case 6, 7: return ["dt", "dx", "dyy", "dxy"][next(4)] + "(\(inner()))"
    case 8: return ["lap", "grad", "div", "curl", "dt"][next(5)] + "(\(inner()))"
    case 9: return ["dot", "cross", "outer", "max", "atan2"][next(5)] + "(\(inner()), \(inner()))"
    case 10:
      return ["abs", "exp", "sqrt", "sin", "re", "conj", "log", "sign", "tanh"][next(9)] + "(\(inner()))"
    default: return "if(\(inner()) < \(inner()), \(inner()), \(inner()))"
    }
  }

  @Test(arguments: [1, 2] as [UInt64])
  func randomProblemsNeverCrash(seed: UInt64) throws {
    var state = seed
    var accepted = 0
    for round in 0..<4000 {
      // Every other problem has only one random part, so that many are right.
      let isSingle = round % 2 == 0
      let (first, second, third) = (
        Self.expression(&state, depth: 3), Self.expression(&state, depth: 3),
        Self.expression(&state, depth: 2)
      )
      let problem = try makeProblem(
        box("x", "y", bounded: ["y"]), parameters: ["nu": 0.1],
        unknowns: [.real("u"), Unknown(name: "v", kind: .vector), Unknown(name: "h", kind: .complex)],
        define: [("r", isSingle ? "u*h" : third)], fields: ["a"],
        boundary: [
          (.lower(1), "u = t*x"), (.upper(1), "dn(u) = 1"), (.lower(1), "v = 0"), (.upper(1), "v = [1, 0]"),
          (.lower(1), "h = 0"), (.upper(1), "h = i"),
        ],
        equations: [
          "dt(u) = \(first)", "dt(v) = grad(u)*(\(isSingle ? "nu" : second))", "i*dt(h) = lap(h) + r",
        ])
      do {
        let form = try NormalForm(problem)
        accepted += 1
        #expect(form.equations.count == form.unknowns.count)
        #expect(!form.description.isEmpty)
      } catch {
        #expect(!error.errors.isEmpty)
      }
    }
    #expect(accepted > 100)
  }
}
