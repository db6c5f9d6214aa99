import Foundation
import Testing

/// A JSON document, looked into by keys.
struct Document {
  private let root: [String: Any]

  /// Fails if the text is not exactly one object.
  init(_ text: String) throws {
    root = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any], "\(text)")
  }

  private func value(_ path: [String]) throws -> Any {
    var value: Any = root
    for key in path { value = try #require((value as? [String: Any])?[key], "no \(path) in the document") }
    return value
  }

  var keys: Set<String> { Set(root.keys) }

  func keys(_ path: String...) throws -> Set<String> {
    Set(try #require(try value(path) as? [String: Any]).keys)
  }
  func text(_ path: String...) throws -> String { try #require(try value(path) as? String) }
  func number(_ path: String...) throws -> Double { try #require(try value(path) as? NSNumber).doubleValue }
  func list(_ path: String...) throws -> [[String: Any]] { try #require(try value(path) as? [[String: Any]]) }
  func integers(_ path: String...) throws -> [Int] { try #require(try value(path) as? [Int]) }
  func count(_ path: String...) throws -> Int { try #require(try value(path) as? [Any]).count }
  func isNull(_ path: String...) throws -> Bool { try value(path) is NSNull }
}
