/// Files as UnixFS lays them out in a Merkle tree of `dag-pb` nodes (specs.ipfs.tech/unixfs).
enum UnixFile {
    /// How a program cuts files when it is told nothing else.
    struct Layout {
        /// Bytes of file in each leaf.
        let chunk: Int
        /// Children of each inner node, in a tree whose leaves are all at one depth.
        let width: Int
        /// Whether leaves are bytes alone; else each is a node of its own.
        let hasRawLeaves: Bool
        /// Whether links to nodes are written in version 0.
        let hasOldLinks: Bool
    }

    /// Kubo's for version 0, Kubo's for version 1, and that of the storage services and newer programs.
    static let usualLayouts = [
        Layout(chunk: 256 << 10, width: 174, hasRawLeaves: false, hasOldLinks: true),
        Layout(chunk: 256 << 10, width: 174, hasRawLeaves: true, hasOldLinks: false),
        Layout(chunk: 1 << 20, width: 1024, hasRawLeaves: true, hasOldLinks: false),
    ]

    /// A subtree as its parent sees it.
    private struct Child {
        /// In the binary form.
        let identifier: [UInt8]
        /// Of all its blocks.
        let treeBytes: Int
        let fileBytes: Int
    }

    /// The digest of the root; nil when it is a leaf that is no node, which a `dag-pb` identifier does not name.
    static func rootDigest(of file: [UInt8], _ layout: Layout, _ sha256: ([UInt8]) -> [UInt8]) -> [UInt8]? {
        guard file.count > layout.chunk else {
            return layout.hasRawLeaves ? nil : sha256(node(holding: file[...]))
        }
        var level = stride(from: 0, to: file.count, by: layout.chunk).map { start in
            leaf(file[start..<min(start + layout.chunk, file.count)], layout, sha256)
        }
        while level.count > layout.width {
            level = stride(from: 0, to: level.count, by: layout.width).map { start in
                parent(of: level[start..<min(start + layout.width, level.count)], layout, sha256)
            }
        }
        return sha256(node(linking: level[...]))
    }

    private static func leaf(_ piece: ArraySlice<UInt8>, _ layout: Layout, _ sha256: ([UInt8]) -> [UInt8]) -> Child {
        guard layout.hasRawLeaves else {
            let node = node(holding: piece)
            return Child(identifier: link(to: node, layout, sha256), treeBytes: node.count, fileBytes: piece.count)
        }
        let identifier = [0x01, 0x55, 0x12, 0x20] + sha256(Array(piece))
        return Child(identifier: identifier, treeBytes: piece.count, fileBytes: piece.count)
    }

    private static func parent(
        of children: ArraySlice<Child>, _ layout: Layout, _ sha256: ([UInt8]) -> [UInt8]
    ) -> Child {
        let node = node(linking: children)
        return Child(
            identifier: link(to: node, layout, sha256),
            treeBytes: children.reduce(node.count) { $0 + $1.treeBytes },
            fileBytes: children.reduce(0) { $0 + $1.fileBytes })
    }

    private static func link(to node: [UInt8], _ layout: Layout, _ sha256: ([UInt8]) -> [UInt8]) -> [UInt8] {
        (layout.hasOldLinks ? [0x12, 0x20] : [0x01, 0x70, 0x12, 0x20]) + sha256(node)
    }

    // MARK: Protocol buffers

    /// A node that holds a whole file, or a piece of one.
    static func node(holding bytes: ArraySlice<UInt8>) -> [UInt8] {
        var file = typeFile
        if !bytes.isEmpty { append(bytes, as: 2, to: &file) }
        append(bytes.count, as: 3, to: &file)
        var node: [UInt8] = []
        append(file, as: 1, to: &node)
        return node
    }

    /// An inner node. Links come before the data, although their number is higher: that is how all programs write it.
    private static func node(linking children: ArraySlice<Child>) -> [UInt8] {
        var node: [UInt8] = []
        var file = typeFile
        append(children.reduce(0) { $0 + $1.fileBytes }, as: 3, to: &file)
        for child in children {
            var link: [UInt8] = []
            append(child.identifier, as: 1, to: &link)
            append([], as: 2, to: &link)
            append(child.treeBytes, as: 3, to: &link)
            append(link, as: 2, to: &node)
            append(child.fileBytes, as: 4, to: &file)
        }
        append(file, as: 1, to: &node)
        return node
    }

    /// The field that says "a file".
    private static let typeFile: [UInt8] = [1 << 3, 2]

    private static func append(_ bytes: some Collection<UInt8>, as field: UInt8, to message: inout [UInt8]) {
        message.append(field << 3 | 2)
        appendVarint(bytes.count, to: &message)
        message += bytes
    }

    private static func append(_ number: Int, as field: UInt8, to message: inout [UInt8]) {
        message.append(field << 3)
        appendVarint(number, to: &message)
    }

    private static func appendVarint(_ number: Int, to message: inout [UInt8]) {
        var rest = number
        while rest > 0x7F {
            message.append(UInt8(rest & 0x7F) | 0x80)
            rest >>= 7
        }
        message.append(UInt8(rest))
    }
}
