/// A certificate for `localhost` and `127.0.0.1` that nobody but the test trusts: it signs itself.
public struct ServerCertificate: Sendable {
    /// The PEM file with the certificate; as a file of trusted authorities it vouches for the server.
    public let certificatePath: String
    /// The PEM file with the private key.
    public let keyPath: String

    /// Makes the two files in a folder.
    public init(in directory: TemporaryDirectory) async throws {
        certificatePath = directory.file("server.pem")
        keyPath = directory.file("server.key")
        let openssl = try Executable.find("openssl", package: "openssl")
        let arguments = [
            "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2",
            "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", keyPath, "-out", certificatePath,
        ]
        _ = try await ChildProcess.run(ChildProcess.Command(openssl, arguments))
    }
}
