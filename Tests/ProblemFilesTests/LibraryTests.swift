import Glibc
import ProblemFiles
import Testing

@Suite struct LibraryTests {
  /// A folder of its own for each test.
  private func folder(_ files: [String: String]) throws -> String {
    var template = Array("/tmp/parseval-library-XXXXXX".utf8CString)
    _ = try #require(mkdtemp(&template))
    let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    for (name, text) in files {
      let file = try #require(fopen("\(path)/\(name)", "w"))
      fputs(text, file)
      fclose(file)
    }
    return path
  }

  @Test func earlierFoldersComeFirst() throws {
    let mine = try folder(["heat.yaml": "title: Mine", "broken.yaml": "title: [", "notes.txt": ""])
    let theirs = try folder(["heat.yaml": "title: Theirs", "wave.yaml": "title: Waves\nproblem: 3"])
    let library = ProblemLibrary(folders: ["/nonexistent", mine, theirs])
    #expect(library.entries().map(\.name) == ["broken", "heat", "wave"])
    #expect(library.entries().map(\.title) == ["broken", "Mine", "Waves"])
    #expect(library.path(of: "heat") == "\(mine)/heat.yaml")
    #expect(library.path(of: "../heat") == nil)
    #expect(try library.resolve("wave") == "\(theirs)/wave.yaml")
    #expect(try library.resolve("own.yaml") == "own.yaml")
  }

  @Test func unknownNamesGetASuggestion() throws {
    let library = ProblemLibrary(folders: [try folder(["kuramoto-sivashinsky.yaml": ""])])
    do {
      _ = try library.resolve("kuramoto-sivashinski")
      Issue.record("a wrong name was found")
    } catch {
      #expect(error.description.contains("did you mean 'kuramoto-sivashinsky'?"))
    }
  }

  @Test func theCheckoutIsAmongTheFolders() {
    let checkout = #filePath.replacing("/Tests/ProblemFilesTests/LibraryTests.swift", with: "")
    #expect(ProblemLibrary.standard.folders.last == "\(checkout)/Problems")
  }
}
