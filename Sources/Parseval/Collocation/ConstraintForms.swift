/// The ways in which networks at points satisfy conditions, for people.
public enum ConstraintForms {
  public static let all: [(name: String, summary: String)] = [
    ("periodic", "hard: the network reads cosines and sines along periodic axes"),
    (
      "hard",
      "Dirichlet values on a box by a factor that vanishes there; initial values as u₀ + τ N, second order u₀ + v₀ (t − t₀) + τ² N"
    ),
    ("decaying", "initial values as u₀ exp(−κτ) + (1 − exp(−κτ)) N"),
    ("soft", "a term of the loss: slopes, relations, and all conditions on domains that are no boxes"),
  ]
}
