import Geometry
import Testing

@Suite("Shapes")
struct ShapeTests {}
