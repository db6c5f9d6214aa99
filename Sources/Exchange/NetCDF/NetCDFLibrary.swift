import CNetCDF
import Glibc
import Synchronization

/// The door to the C library, which has one global state: everything passes here, one call at a time.
enum NetCDFLibrary {
  private static let lock = Mutex<Void>(())

  /// Runs `body` while no other thread is inside the library.
  static func exclusively<Result: Sendable>(
    _ body: () throws(ExchangeError) -> Result
  ) throws(ExchangeError) -> Result {
    // Errors travel as values: the lock's own rethrowing does not keep their type with captured state.
    let outcome: Swift.Result<Result, ExchangeError> = lock.withLock { _ in
      do throws(ExchangeError) { return .success(try body()) } catch { return .failure(error) }
    }
    return try outcome.get()
  }

  /// Throws unless `status` says that all is well.
  static func check(_ status: Int32, path: String, doing: String) throws(ExchangeError) {
    guard status != NC_NOERR else { return }
    if status > 0 { throw .system(status, path: path, doing: doing) }
    let words = String(cString: nc_strerror(status))
    let kind: ExchangeError.Kind
    switch status {
    case NC_ENOTNC, NC_ENOTBUILT, NC_EFILTER, NC_ENOFILTER: kind = .unsupportedFormat
    case NC_ETRUNC, NC_EHDFERR, NC_ENULLPAD, NC_EFILEMETA, NC_EDIMMETA, NC_EATTMETA, NC_EVARMETA,
      NC_ECANTREAD:
      kind = .corrupted
    case NC_ENOTVAR, NC_ENOTATT, NC_EBADDIM: kind = .noSuchName
    case NC_ENOMEM, NC_EVARSIZE, NC_EDIMSIZE: kind = .tooLarge
    case NC_EINVALCOORDS, NC_EEDGE, NC_ECHAR, NC_ERANGE, NC_EBADNAME, NC_ENAMEINUSE, NC_EMAXNAME:
      kind = .mismatch
    default: kind = .system
    }
    throw ExchangeError(
      path: path, kind: kind,
      reason: status == NC_ENOTNC ? "it is not a NetCDF file" : "cannot \(doing) it: \(words)")
  }

  /// The path in a form that the library cannot take for an address on the network.
  static func plainPath(_ path: String) -> String {
    guard !path.hasPrefix("/") else { return path }
    guard let folder = getcwd(nil, 0) else { return "./" + path }
    defer { free(folder) }
    return String(cString: folder) + "/" + path
  }

  /// The version of the C library, such as `4.9.0`.
  static var version: String {
    let text = String(cString: nc_inq_libvers())
    return String(text.prefix { $0 != " " })
  }
}

extension NetCDFType {
  init(code: nc_type) {
    self =
      switch code {
      case NC_DOUBLE: .double
      case NC_FLOAT: .float
      case NC_INT64: .int64
      case NC_INT: .int32
      case NC_BYTE: .int8
      case NC_UBYTE: .uint8
      case NC_SHORT: .int16
      case NC_USHORT: .uint16
      case NC_UINT: .uint32
      case NC_UINT64: .uint64
      case NC_CHAR: .character
      default: .other
      }
  }

  /// The code of a type that is written; `nil` for the others.
  var writtenCode: nc_type? {
    switch self {
    case .double: NC_DOUBLE
    case .float: NC_FLOAT
    case .int64: NC_INT64
    case .int32: NC_INT
    default: nil
    }
  }

  /// Bytes of one element in a file.
  var size: Int {
    switch self {
    case .double, .int64, .uint64: 8
    case .float, .int32, .uint32: 4
    case .int16, .uint16: 2
    case .int8, .uint8, .character, .other: 1
    }
  }
}

/// The library used for NetCDF files, for provenance.
public enum NetCDF {
  /// The version of the C library, such as `4.9.0`.
  public static var libraryVersion: String {
    (try? NetCDFLibrary.exclusively { () throws(ExchangeError) in NetCDFLibrary.version }) ?? "unknown"
  }
}
