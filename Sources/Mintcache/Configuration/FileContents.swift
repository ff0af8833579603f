import Glibc

/// Whole small files, read and written without ceremony. Not for a loop: it blocks.
enum FileContents {
    /// A configuration or a token is never larger.
    private static let maximumBytes = 4 * 1024 * 1024

    static func text(at path: String) -> String? {
        guard let file = fopen(path, "re") else { return nil }
        defer { fclose(file) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 * 1024)
        while bytes.count <= maximumBytes {
            let count = fread(&piece, 1, piece.count, file)
            if count == 0 { return ferror(file) == 0 ? String(validating: bytes, as: UTF8.self) : nil }
            bytes += piece[..<count]
        }
        return nil
    }

    /// Creates a file that only its owner can read; false when it exists or cannot be written.
    static func createPrivate(_ text: String, at path: String) -> Bool {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        defer { close(descriptor) }
        return write(descriptor, text, text.utf8.count) == text.utf8.count
    }

    /// Makes the folder a file is to lie in, with its parents.
    static func createFolder(for path: String) {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false).dropLast()
        var folder = ""
        for part in parts {
            folder += folder.isEmpty && !path.hasPrefix("/") ? String(part) : "/" + part
            if !folder.isEmpty, folder != "/" { mkdir(folder, 0o755) }
        }
    }
}
