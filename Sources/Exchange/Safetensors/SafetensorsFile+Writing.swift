public import Arrays

/// A tensor to be written: a name, a shape, and where its elements lie.
public struct SafetensorsTensor {
  public let name: String
  public let type: SafetensorsType
  public let shape: [Int]
  private let content: Content

  private enum Content {
    case memory(UnsafeRawBufferPointer)
    case owned(
      (_ body: (UnsafeRawBufferPointer) -> Result<Void, ExchangeError>) -> Result<Void, ExchangeError>)
  }

  /// Elements in memory of the caller, which must live until the file is written.
  public init<Element: SafetensorsElement>(
    _ name: String, shape: [Int], elements: UnsafeBufferPointer<Element>
  ) {
    precondition(
      shape.reduce(1, *) == elements.count,
      "SafetensorsTensor: \(elements.count) elements do not fill shape \(shape) of '\(name)'")
    self.name = name
    self.shape = shape
    type = Element.safetensorsType
    content = .memory(UnsafeRawBufferPointer(elements))
  }

  /// An array, which is kept but not copied.
  public init<Element: SafetensorsElement>(_ name: String, _ array: NDArray<Element>) {
    self.name = name
    shape = array.shape
    type = Element.safetensorsType
    content = .owned { body in array.withUnsafeBuffer { body(UnsafeRawBufferPointer($0)) } }
  }

  fileprivate var byteCount: Int { shape.reduce(type.size, *) }

  fileprivate func write(to file: OutputFile) throws(ExchangeError) {
    let writing = { (bytes: UnsafeRawBufferPointer) in
      Result { () throws(ExchangeError) in
        try file.write(elements: bytes.assumingMemoryBound(to: UInt8.self))
      }
    }
    switch content {
    case .memory(let bytes): try writing(bytes).get()
    case .owned(let access): try access(writing).get()
    }
  }
}

extension SafetensorsFile {
  /// Writes tensors, atomically and without a copy of them in memory.
  ///
  /// The same content gives the same bytes: metadata stand in the order of their keys, tensors in the given order but
  /// wider types first, so that every one begins at a multiple of its element's size.
  ///
  /// - Throws: `ExchangeError` where the file cannot be written; an old file of that name stays then.
  public static func write(
    _ tensors: [SafetensorsTensor], metadata: [String: String] = [:], to path: String
  ) throws(ExchangeError) {
    let sizes = Set(tensors.map(\.type.size)).sorted(by: >)
    let ordered = sizes.flatMap { size in tensors.filter { $0.type.size == size } }
    let head = header(ordered, metadata)
    try AtomicFile.write(to: path) { file throws(ExchangeError) in
      try file.write(head)
      for tensor in ordered { try tensor.write(to: file) }
    }
  }

  private static func header(_ tensors: [SafetensorsTensor], _ metadata: [String: String]) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
      members.append("\"__metadata__\":{\(texts.joined(separator: ","))}")
    }
    var names: Set<String> = ["__metadata__"]
    var offset = 0
    for tensor in tensors {
      precondition(names.insert(tensor.name).inserted, "SafetensorsFile: '\(tensor.name)' is a name already")
      let end = offset + tensor.byteCount
      let shape = tensor.shape.map(String.init).joined(separator: ",")
      members.append(
        "\(quoted(tensor.name)):{\"dtype\":\"\(tensor.type.rawValue)\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(offset),\(end)]}")
      offset = end
    }
    var text = Array("{\(members.joined(separator: ","))}".utf8)
    while text.count % 8 != 0 { text.append(0x20) }
    return withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) } + text
  }

  /// A string of JSON.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
