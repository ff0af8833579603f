/// A web page in place of a document: an error page, a directory listing, or the page of an application.
struct WebPage {
    private let title: String

    /// How much of a page is searched for its title.
    private static let searchLimit = 16 * 1024

    init(_ text: [UInt8]) {
        let head = text.prefix(Self.searchLimit)
        title = Self.content(of: "<title", in: head) ?? Self.content(of: "<h1", in: head) ?? ""
    }

    var failure: DocumentFailure {
        if isDirectory {
            return DocumentFailure(.malformed, "the URI names a directory, and the source answered with its listing")
        }
        let kind = DocumentFailure.Kind(phrasesIn: title) ?? leadingStatus.flatMap { DocumentFailure.Kind(status: $0) }
        let name = title.isEmpty ? "" : " (\(boundedText(title, limit: 80)))"
        return DocumentFailure(kind ?? .malformed, "the source answered with a web page instead of JSON\(name)")
    }

    /// Gateways of IPFS and web servers title the listings of directories alike.
    private var isDirectory: Bool {
        ["/ipfs/", "/ipns/", "index of ", "directory listing"].contains { title.lowercased().hasPrefix($0) }
    }

    private var leadingStatus: Int? {
        title.split { !$0.isNumber }.first.flatMap {
            title.hasPrefix($0) || title.hasPrefix("Error \($0)") ? Int($0) : nil
        }
    }

    /// The text of the first element that opens so, without surrounding blanks.
    private static func content(of opening: StaticString, in text: ArraySlice<UInt8>) -> String? {
        let isOpening = { (index: Int) in text[index] == UInt8(ascii: "<") && hasPrefix(text[index...], opening) }
        guard let start = text.indices.first(where: isOpening),
            let close = text[start...].firstIndex(of: UInt8(ascii: ">"))
        else { return nil }
        let content = text[(close + 1)...].prefix { $0 != UInt8(ascii: "<") }
        let trimmed = String(decoding: content, as: UTF8.self).trimmingBlanks()
        return trimmed.isEmpty ? nil : trimmed
    }
}
