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
