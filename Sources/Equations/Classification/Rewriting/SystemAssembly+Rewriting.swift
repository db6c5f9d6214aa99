extension SystemAssembly {
  /// Applies every rewriting that saves transforms; each is noted in `remarks`.
  mutating func rewrite() {
    rewriteAsDivergence()
    rewriteThroughPotential()
    rewriteConservatively()
  }
}
