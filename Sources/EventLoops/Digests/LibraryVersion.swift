private import COpenSSL

extension TLSClient {
    /// The TLS library in use, in its own words.
    public static var libraryVersion: String { String(cString: OpenSSL_version(OPENSSL_VERSION)) }
}
