/// Arrays of strings as C wants them.
enum CStrings {
    /// Null-terminated array of null-terminated strings, valid during the call.
    static func withPointers<Result>(
        to strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        withPointers(to: strings.map { Array($0.utf8) + [0] }, body)
    }

    /// Null-terminated array of byte strings, whose lengths go another way, valid during the call.
    static func withPointers<Result>(
        to byteStrings: [[UInt8]], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Result
    ) -> Result {
        var pointers: [UnsafePointer<CChar>?] = []
        func visit(_ index: Int) -> Result {
            guard index < byteStrings.count else {
                pointers.append(nil)
                return pointers.withUnsafeBufferPointer { body($0.baseAddress) }
            }
            // Safe: each array outlives the call of `body`, which is inside all of these scopes. An empty one still
            // needs an address, since none means NULL.
            let bytes = byteStrings[index].isEmpty ? [0] : byteStrings[index]
            return bytes.withUnsafeBytes { raw in
                pointers.append(raw.baseAddress?.assumingMemoryBound(to: CChar.self))
                return visit(index + 1)
            }
        }
        return visit(0)
    }
}
