/// Spreads the expiry of answers that were stored at one moment.
///
/// The shift depends on the key alone, so that every replica and every restart agrees on it, and keys that differ in one
/// digit get unrelated shifts: ten thousand tokens warmed together do not expire together.
public enum ExpiryJitter {
    /// A 64-bit digest of a key, the same in every process. Not for tables that an attacker may fill.
    public static func digest(_ key: UnsafeRawBufferPointer) -> UInt64 {
        // FNV-1a, then a multiply-and-shift finish: without it neighbours differ in the low bits only.
        var state: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in key { state = (state ^ UInt64(byte)) &* 0x0000_0100_0000_01B3 }
        state = (state ^ (state >> 33)) &* 0xFF51_AFD7_ED55_8CCD
        state = (state ^ (state >> 33)) &* 0xC4CE_B9FE_1A85_EC53
        return state ^ (state >> 33)
    }

    /// By how much `lifetime` is moved: up to `percent` of itself either way, as `digest` decides.
    ///
    /// - Parameters:
    ///   - lifetime: milliseconds.
    ///   - percent: 0 to 100.
    static func shift(_ lifetime: Int64, percent: Int, digest: UInt64) -> Int64 {
        let unit = Double(digest >> 11) / Double(1 << 53 as UInt64) * 2 - 1
        return Int64(Double(lifetime) * Double(percent) / 100 * unit)
    }
}
