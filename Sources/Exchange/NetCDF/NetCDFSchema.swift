/// The layout of a NetCDF file: dimensions, variables and attributes, without the data.
public struct NetCDFSchema: Hashable, Sendable, Codable {
  public var dimensions: [NetCDFDimension]
  public var variables: [NetCDFVariable]
  /// Global attributes, in order.
  public var attributes: [NetCDFAttribute]

  public init(
    dimensions: [NetCDFDimension] = [], variables: [NetCDFVariable] = [],
    attributes: [NetCDFAttribute] = []
  ) {
    self.dimensions = dimensions
    self.variables = variables
    self.attributes = attributes
  }

  /// The variable called `name`.
  public func variable(_ name: String) -> NetCDFVariable? { variables.first { $0.name == name } }

  /// The value of a global attribute.
  public func attribute(_ name: String) -> NetCDFValue? { attributes.first { $0.name == name }?.value }

  /// The dimension called `name`.
  public func dimension(_ name: String) -> NetCDFDimension? { dimensions.first { $0.name == name } }

  /// The length of every axis of a variable, as this schema has it.
  public func shape(of variable: NetCDFVariable) -> [Int] {
    variable.dimensions.map { dimension($0)?.length ?? 0 }
  }
}

/// A named axis of a NetCDF file.
public struct NetCDFDimension: Hashable, Sendable, Codable {
  public var name: String
  /// The length; for an unlimited dimension the number of records so far.
  public var length: Int
  /// Whether records are appended along this dimension.
  public var isUnlimited: Bool

  public init(name: String, length: Int) {
    self.name = name
    self.length = length
    isUnlimited = false
  }

  private init(unlimited name: String, records: Int) {
    self.name = name
    length = records
    isUnlimited = true
  }

  /// The dimension along which records are appended; a file of ours has at most one.
  public static func unlimited(name: String, records: Int = 0) -> NetCDFDimension {
    NetCDFDimension(unlimited: name, records: records)
  }
}

/// The type of the numbers of a variable.
public enum NetCDFType: String, Hashable, Sendable, Codable, CaseIterable {
  case double, float, int64, int32
  /// Types that are read, as numbers, but never written.
  case int8, uint8, int16, uint16, uint32, uint64
  /// Text, read as UTF-8 code units.
  case character
  /// Strings and user-defined types of NetCDF-4: listed, not read.
  case other
}

/// A variable of a NetCDF file.
public struct NetCDFVariable: Hashable, Sendable, Codable {
  public var name: String
  /// Names of dimensions, slowest first.
  ///
  /// The unlimited one can only be the first.
  public var dimensions: [String]
  public var type: NetCDFType
  public var attributes: [NetCDFAttribute]

  public init(
    name: String, dimensions: [String], type: NetCDFType = .double, attributes: [NetCDFAttribute] = []
  ) {
    self.name = name
    self.dimensions = dimensions
    self.type = type
    self.attributes = attributes
  }

  /// A coordinate variable with its CF attributes.
  ///
  /// - Parameters:
  ///   - name: The variable and its dimension.
  ///   - type: Of the numbers in the file.
  ///   - units: As UDUNITS reads them.
  ///   - longName: For people.
  ///   - standardName: Of the CF table.
  ///   - axis: `X`, `Y`, `Z` or `T`, where the coordinate is one of these.
  public static func coordinate(
    name: String, type: NetCDFType = .double, units: String? = nil, longName: String? = nil,
    standardName: String? = nil, axis: String? = nil
  ) -> NetCDFVariable {
    var variable = field(
      name: name, dimensions: [name], type: type, units: units, longName: longName,
      standardName: standardName)
    if let axis { variable.attributes.append(NetCDFAttribute("axis", .text(axis))) }
    return variable
  }

  /// A data variable with its CF attributes.
  public static func field(
    name: String, dimensions: [String], type: NetCDFType = .double, units: String? = nil,
    longName: String? = nil, standardName: String? = nil
  ) -> NetCDFVariable {
    var attributes: [NetCDFAttribute] = []
    for case (let key, let value?) in [
      ("units", units), ("long_name", longName), ("standard_name", standardName),
    ] {
      attributes.append(NetCDFAttribute(key, .text(value)))
    }
    return NetCDFVariable(name: name, dimensions: dimensions, type: type, attributes: attributes)
  }

  /// The value of an attribute.
  public func attribute(_ name: String) -> NetCDFValue? { attributes.first { $0.name == name }?.value }
}

/// A named piece of metadata.
public struct NetCDFAttribute: Hashable, Sendable, Codable {
  public var name: String
  public var value: NetCDFValue

  public init(_ name: String, _ value: NetCDFValue) {
    self.name = name
    self.value = value
  }
}

/// The value of an attribute.
public enum NetCDFValue: Hashable, Sendable, Codable {
  case text(String)
  case doubles([Double])
  case integers([Int64])

  /// The text, if it is one.
  public var text: String? { if case .text(let text) = self { text } else { nil } }

  /// The first number, if there is one.
  public var number: Double? {
    switch self {
    case .text: nil
    case .doubles(let values): values.first
    case .integers(let values): values.first.map { Double($0) }
    }
  }
}
