private import COpenSSL

/// SHA-256 (FIPS 180-4), by OpenSSL.
public enum SHA256 {
    /// The 32-byte digest.
    public static func hash(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let result = EVP_Digest(bytes.baseAddress, bytes.count, &digest, nil, EVP_sha256(), nil)
        precondition(result == 1, "SHA-256 is part of every OpenSSL build.")
        return digest
    }

    /// The 32-byte digest.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { hash($0) }
    }
}

/// The SHA-256 of bytes that come piece by piece. For one task at a time.
public final class RunningSHA256 {
    // Safe: the context belongs to this object alone, and is freed with it.
    private let context: OpaquePointer

    public init() {
        guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
            preconditionFailure("SHA-256 is part of every OpenSSL build.")
        }
        self.context = context
    }

    deinit {
        EVP_MD_CTX_free(context)
    }

    public func update(_ bytes: [UInt8]) {
        let result = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        precondition(result == 1, "A digest takes any bytes.")
    }

    /// The 32-byte digest of all that came. Once.
    public func finish() -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let result = EVP_DigestFinal_ex(context, &digest, nil)
        precondition(result == 1, "A digest is finished once.")
        return digest
    }
}

/// Bytes that nobody can guess (RAND_bytes(3)).
public enum RandomBytes {
    public static func generate(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        let result = RAND_bytes(&bytes, Int32(count))
        precondition(result == 1, "Without randomness the process must not go on.")
        return bytes
    }
}

/// Comparison whose duration tells nothing about where two secrets differ.
public enum ConstantTime {
    /// Compares digests of both, so that not even the lengths show.
    public static func equal(_ left: [UInt8], _ right: [UInt8]) -> Bool {
        CRYPTO_memcmp(SHA256.hash(left), SHA256.hash(right), 32) == 0
    }
}
