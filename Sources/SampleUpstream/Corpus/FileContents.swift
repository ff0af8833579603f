import Glibc

/// Reads whole files, for the start of the program only: it blocks.
enum FileContents {
    /// The bytes of a file, up to a limit.
    static func read(_ path: String, limit: Int) throws(CorpusError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw CorpusError(detail: "\(path): cannot be opened (error \(errno))") }
        defer { close(descriptor) }
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            let count = Glibc.read(descriptor, &piece, piece.count)
            if count == 0 { return bytes }
            if count < 0 {
                if errno == EINTR { continue }
                throw CorpusError(detail: "\(path): cannot be read (error \(errno))")
            }
            bytes.append(contentsOf: piece[..<count])
            guard bytes.count <= limit else { throw CorpusError(detail: "\(path): larger than \(limit) bytes") }
        }
    }
}
