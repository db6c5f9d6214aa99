/// What a parent asks of the child that reads for it, as command-line arguments.
package enum ReaderRequest: Equatable {
  case schema(memoryLimit: Int)
  case block(name: String, start: [Int], count: [Int], integers: Bool, memoryLimit: Int)

  /// The hidden option that turns a program into a reader.
  package static let option = "--read-netcdf"

  package func arguments(path: String) -> [String] {
    func list(_ values: [Int]) -> String { values.map { String($0) }.joined(separator: ",") }
    switch self {
    case .schema(let limit): return [Self.option, path, String(limit)]
    case .block(let name, let start, let count, let integers, let limit):
      return [
        Self.option, path, String(limit), name, integers ? "integers" : "doubles", list(start), list(count),
      ]
    }
  }

  /// The request in a list of arguments that begins with the option; `nil` for anything else.
  package static func parse(_ arguments: [String]) -> (path: String, request: ReaderRequest)? {
    func list(_ text: String) -> [Int]? {
      let parts = text.split(separator: ",")
      let values = parts.compactMap { Int($0) }
      return values.count == parts.count ? values : nil
    }
    guard arguments.count >= 3, arguments[0] == option, let limit = Int(arguments[2]), limit >= 0 else {
      return nil
    }
    if arguments.count == 3 { return (arguments[1], .schema(memoryLimit: limit)) }
    guard arguments.count == 7, ["integers", "doubles"].contains(arguments[4]),
      let start = list(arguments[5]), let count = list(arguments[6])
    else { return nil }
    return (
      arguments[1],
      .block(
        name: arguments[3], start: start, count: count, integers: arguments[4] == "integers",
        memoryLimit: limit)
    )
  }
}
