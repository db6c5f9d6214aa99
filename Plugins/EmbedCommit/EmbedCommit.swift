import Foundation
import PackagePlugin

/// Writes the commit that is checked out into a constant, anew whenever another one is.
///
/// Without Git, or without a repository, the constant is empty.
@main struct EmbedCommit: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let package = context.package.directoryURL
    let source = context.pluginWorkDirectoryURL.appending(path: "Commit.swift")
    // Every commit and checkout adds a line to it.
    let log = package.appending(path: ".git/logs/HEAD")
    let script = #"""
      printf '/// The commit this was built from.\nlet builtCommit = "%s"\n' \
        "$(git -C "$1" rev-parse HEAD 2>/dev/null)" > "$2"
      """#
    return [
      .buildCommand(
        displayName: "Embedding the commit", executable: URL(filePath: "/bin/sh"),
        arguments: ["-c", script, "sh", package.path, source.path],
        inputFiles: FileManager.default.fileExists(atPath: log.path) ? [log] : [], outputFiles: [source])
    ]
  }
}
