import Tokens

/// A text as wallets sign it (EIP-191, version `0x45`).
public enum PersonalMessage {
    /// The 32 bytes that the signature is made over.
    public static func hash(_ text: String) -> [UInt8] {
        let content = Array(text.utf8)
        let prefix = "\u{19}Ethereum Signed Message:\n\(content.count)"
        return Keccak256.hash((Array(prefix.utf8) + content).span).bigEndianBytes
    }
}
