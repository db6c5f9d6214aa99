@_exported public import Arrays
@_exported public import Equations
@_exported public import Exchange
@_exported public import Geometry
@_exported public import Plotting
@_exported public import ProblemFiles
@_exported public import Simulation
@_exported public import Spectral
