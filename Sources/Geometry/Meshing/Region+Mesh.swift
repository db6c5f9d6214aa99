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
    let mesh = try unscaled(generate(options, scale, isOptimized: false), scale)
    let placed = try placed(mesh, options, scale)
    if placed.smallestJacobianRatio > 1e-3 { return placed }
    // Gmsh can untangle elements that a strongly curved boundary has folded.
    let second = try unscaled(generate(options, scale, isOptimized: true), scale)
    let untangled = try self.placed(second, options, scale)
    guard untangled.smallestJacobianRatio > 0 else {
      throw .badMesh(reason: "elements at a curved boundary fold over; make them smaller there")
    }
    return untangled
  }

  private func placed(
    _ mesh: Mesh, _ options: MeshingOptions, _ scale: MeshScale
  ) throws(GeometryError) -> Mesh {
    try SurfaceRecovery(self, mesh, extent: scale.unit).mesh()
  }

  private func generate(
    _ options: MeshingOptions, _ scale: MeshScale, isOptimized: Bool
  ) throws(GeometryError) -> GmshFile {
    let program = try GmshProgram(path: options.program)
    let folder = try PrivateFolder()
    var sizeFile: String?
    if let field = SizeField(self, options, scale) {
      sizeFile = folder.path + "/sizes.bin"
      try folder.write(field.contents(), name: "sizes.bin")
    }
    let script = GmshScript(
      shape, scale: scale, options: options, sizeFile: sizeFile, isOptimized: isOptimized)
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
