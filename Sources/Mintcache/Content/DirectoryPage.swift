import HTTPCaching

/// The pages that gateways make for directories: they are not content.
enum DirectoryPage {
    /// Kubo's own entity tag for them, as the path gateway's specification has it.
    static func isNamed(by fields: HeaderFields) -> Bool {
        guard let tag = fields["etag"] else { return false }
        return String(decoding: tag.prefix(16), as: UTF8.self).contains("\"DirIndex-")
    }

    /// Whether a web page looks like one.
    static func isListing(_ start: [UInt8]) -> Bool {
        let text = String(decoding: start.prefix(4096), as: UTF8.self).lowercased()
        return ["<title>index of", "<title>/ipfs/", "<title>/ipns/", "index of /ipfs/", "index of /ipns/"]
            .contains(where: text.contains)
    }
}
