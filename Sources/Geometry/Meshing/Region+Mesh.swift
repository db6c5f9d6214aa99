import Arrays
import Exchange

extension Region {
  /// Meshes the region with Gmsh.
  ///
  /// Gmsh runs in a child process on a script of numbers, with one thread and a fixed seed: the same region
  /// and options give the same mesh. Boundary nodes are then moved onto the exact surfaces, and every boundary
  /// facet gets its surface and its parts.
  ///
  /// - Throws: What `Shape.validate` throws, `unsupportedDimension` outside of 2 and 3, `empty`, `badSize`, `unknownPart` for a refined
  ///   part that does not exist, `gmshMissing`, `gmshFailed`, `timedOut`, `cancelled`.
  public func mesh(_ options: MeshingOptions) throws(GeometryError) -> Mesh {
    try shape.validate()
    try options.validate(for: self)
    let dimension = shape.dimension
    guard dimension == 2 || dimension == 3 else { throw .unsupportedDimension(dimension) }
    let scale = try MeshScale(shape)
    var failure: GeometryError?
    var folded: (mesh: Mesh, ratio: Double)?
    for attempt in GmshScript.Attempt.all {
      // The later ones are for elements that fold over at a curved boundary.
      if attempt.isOptimized || attempt.elementsPerTurn > 0, folded == nil { continue }
      do throws(GeometryError) {
        let raw = try unscaled(generate(options, scale, attempt), scale)
        let mesh = try SurfaceRecovery(self, raw, extent: scale.unit).mesh(
          keepsInnerCurves: attempt.isOptimized)
        let ratio = mesh.smallestJacobianRatio
        if ratio > 0.01 { return mesh }
        if ratio > folded?.ratio ?? -.infinity { folded = (mesh, ratio) }
      } catch {
        guard error.isWorthAnotherAttempt else { throw error }
        failure = failure ?? error
      }
    }
    if let folded {
      guard folded.ratio > 0 else {
        throw .badMesh(reason: "elements at a curved boundary fold over; make them smaller there")
      }
      return folded.mesh
    }
    throw failure ?? .gmshFailed(message: "it wrote no mesh")
  }

  /// A mesh of this region that was made elsewhere, with exact boundary nodes, surfaces and parts.
  ///
  /// Boundary nodes may be off by 1e-5 of the region's size; they are moved onto the surfaces.
  ///
  /// - Throws: `unknownSurface` or `badMesh` if the mesh's boundary is not the region's.
  public func fitting(_ mesh: Mesh) throws(GeometryError) -> Mesh {
    try shape.validate()
    guard mesh.dimension == shape.dimension else {
      throw .wrongDimension(path: "mesh", found: mesh.dimension, expected: shape.dimension)
    }
    return try SurfaceRecovery(self, mesh, extent: MeshScale(shape).unit).mesh()
  }

  private func generate(
    _ options: MeshingOptions, _ scale: MeshScale, _ attempt: GmshScript.Attempt
  ) throws(GeometryError) -> GmshFile {
    let program = try GmshProgram(path: options.program)
    let folder = try PrivateFolder()
    var sizeFile: String?
    if let field = SizeField(self, options, scale) {
      sizeFile = folder.path + "/sizes.bin"
      try folder.write(field.contents(), name: "sizes.bin")
    }
    let script = GmshScript(
      shape, scale: scale, options: options, sizeFile: sizeFile, attempt: attempt)
    try folder.write(Array(script.text.utf8), name: "mesh.geo")
    try program.run(in: folder, dimension: shape.dimension, options: options)
    do throws(ExchangeError) {
      return try GmshFile(path: folder.path + "/mesh.msh")
    } catch {
      // Of nothing, Gmsh writes a file without nodes.
      if error.kind == .corrupted { throw .empty(shape: shape.description) }
      if error.kind == .notFound { throw .gmshFailed(message: "it wrote no mesh") }
      throw .file(error)
    }
  }

  private func unscaled(_ file: GmshFile, _ scale: MeshScale) throws(GeometryError) -> Mesh {
    var file = file
    let dimension = shape.dimension
    guard file.blocks.contains(where: { $0.kind.dimension == dimension }) else {
      throw .empty(shape: shape.description)
    }
    file.coordinates.withUnsafeMutableBuffer { points in
      for index in points.indices where index % 3 < dimension {
        points[index] = scale.center[index % 3] + scale.unit * points[index]
      }
    }
    return try Mesh(file, dimension: dimension)
  }
}

extension GeometryError {
  /// Whether Gmsh may succeed in another way.
  fileprivate var isWorthAnotherAttempt: Bool {
    switch self {
    case .gmshFailed, .badMesh, .unknownSurface: true
    default: false
    }
  }
}
