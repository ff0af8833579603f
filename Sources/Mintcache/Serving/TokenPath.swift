import Tokens

/// `/v1/{chain}/{contract}/{token_id}` with an optional `/metadata` or `/image`, split without copying.
struct TokenPath {
    // Safe: slices of the request's path, used within the call that lends it.
    let chain: UnsafeRawBufferPointer
    let contract: UnsafeRawBufferPointer
    let token: UnsafeRawBufferPointer
    let representation: TokenRepresentation

    /// `nil` when the path has another shape.
    init?(_ path: UnsafeRawBufferPointer) {
        guard path.count > 4, path[0] == 0x2F, path[1] == 0x76, path[2] == 0x31, path[3] == 0x2F else { return nil }
        var start = 4
        guard let chain = Self.segment(path, &start), let contract = Self.segment(path, &start) else { return nil }
        self.chain = chain
        self.contract = contract
        if let token = Self.segment(path, &start) {
            self.token = token
            let suffix = UnsafeRawBufferPointer(rebasing: path[start...])
            if suffix.elementsEqual("metadata".utf8) {
                representation = .metadata
            } else if suffix.elementsEqual("image".utf8) {
                representation = .image
            } else {
                return nil
            }
        } else {
            token = UnsafeRawBufferPointer(rebasing: path[start...])
            representation = .object
        }
        guard !chain.isEmpty, !contract.isEmpty, !token.isEmpty else { return nil }
    }

    /// The bytes up to the next slash, which is skipped; `nil` without one.
    private static func segment(_ path: UnsafeRawBufferPointer, _ start: inout Int) -> UnsafeRawBufferPointer? {
        var end = start
        while end < path.count, path[end] != 0x2F { end += 1 }
        guard end < path.count else { return nil }
        defer { start = end + 1 }
        return UnsafeRawBufferPointer(rebasing: path[start..<end])
    }
}
