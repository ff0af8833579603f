/// What the last letters of a URI tell of media that a document says no type of.
enum MediaEnding {
    private static let moving: Set<String> = [
        "aac", "avi", "flac", "glb", "gltf", "htm", "html", "m4a", "m4v", "mkv", "mov", "mp3", "mp4", "mpeg", "oga",
        "ogg", "ogv", "usdz", "wav", "webm",
    ]
    private static let longest = 5

    /// Whether a URI ends like one of video, sound, a model or a page: things that no image element shows.
    static func isMoving(_ uri: String) -> Bool {
        let text = uri.utf8
        if text.starts(with: "data:".utf8) {
            return ["data:video/", "data:audio/", "data:model/"].contains { text.starts(with: $0.utf8) }
        }
        // Longer ones carry their content.
        guard text.count <= TokenURI.lengthLimit else { return false }
        let path = uri.prefix { $0 != "?" && $0 != "#" }
        guard let dot = path.utf8.lastIndex(of: UInt8(ascii: ".")) else { return false }
        let ending = path[path.utf8.index(after: dot)...].trimmingBlanks()
        return ending.utf8.count <= longest && moving.contains(ending.lowercased())
    }
}
