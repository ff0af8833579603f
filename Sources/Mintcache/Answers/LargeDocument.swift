/// Documents whose parsing, hashing and rendering would hold up a loop for milliseconds.
enum LargeDocument {
    private static let threshold = 64 * 1024

    static func isLarge(_ bytes: [UInt8]) -> Bool { bytes.count > threshold }
}
