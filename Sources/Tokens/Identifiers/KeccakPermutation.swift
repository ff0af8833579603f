/// The state of keccak-f[1600]: lane (x, y) at index x + 5y.
typealias KeccakState = InlineArray<25, UInt64>

/// The round constants of step iota (FIPS 202, section 3.2.5).
private let roundConstants: InlineArray<24, UInt64> = [
    0x0000_0000_0000_0001, 0x0000_0000_0000_8082, 0x8000_0000_0000_808A, 0x8000_0000_8000_8000,
    0x0000_0000_0000_808B, 0x0000_0000_8000_0001, 0x8000_0000_8000_8081, 0x8000_0000_0000_8009,
    0x0000_0000_0000_008A, 0x0000_0000_0000_0088, 0x0000_0000_8000_8009, 0x0000_0000_8000_000A,
    0x0000_0000_8000_808B, 0x8000_0000_0000_008B, 0x8000_0000_0000_8089, 0x8000_0000_0000_8003,
    0x8000_0000_0000_8002, 0x8000_0000_0000_0080, 0x0000_0000_0000_800A, 0x8000_0000_8000_000A,
    0x8000_0000_8000_8081, 0x8000_0000_0000_8080, 0x0000_0000_8000_0001, 0x8000_0000_8000_8008,
]

/// The permutation keccak-f[1600] (FIPS 202, section 3.3): 24 rounds, back and forth between two states.
func keccakF1600(_ state: inout KeccakState) {
    var other = KeccakState(repeating: 0)
    for round in stride(from: 0, to: 24, by: 2) {
        permuteOnce(state, into: &other, roundConstants[round])
        permuteOnce(other, into: &state, roundConstants[round + 1])
    }
}

/// One round. Step theta adds column parities; rho and pi bring five rotated lanes into each row, as the arguments
/// of the rows spell out; chi mixes within the row; iota adds the constant.
@inline(__always)
private func permuteOnce(_ a: KeccakState, into e: inout KeccakState, _ constant: UInt64) {
    let c0 = a[0] ^ a[5] ^ a[10] ^ a[15] ^ a[20]
    let c1 = a[1] ^ a[6] ^ a[11] ^ a[16] ^ a[21]
    let c2 = a[2] ^ a[7] ^ a[12] ^ a[17] ^ a[22]
    let c3 = a[3] ^ a[8] ^ a[13] ^ a[18] ^ a[23]
    let c4 = a[4] ^ a[9] ^ a[14] ^ a[19] ^ a[24]
    let d0 = c4 ^ rotated(c1, 1)
    let d1 = c0 ^ rotated(c2, 1)
    let d2 = c1 ^ rotated(c3, 1)
    let d3 = c2 ^ rotated(c4, 1)
    let d4 = c3 ^ rotated(c0, 1)
    setRow(
        &e, 0, a[0] ^ d0, rotated(a[6] ^ d1, 44), rotated(a[12] ^ d2, 43), rotated(a[18] ^ d3, 21),
        rotated(a[24] ^ d4, 14))
    e[0] ^= constant
    setRow(
        &e, 5, rotated(a[3] ^ d3, 28), rotated(a[9] ^ d4, 20), rotated(a[10] ^ d0, 3), rotated(a[16] ^ d1, 45),
        rotated(a[22] ^ d2, 61))
    setRow(
        &e, 10, rotated(a[1] ^ d1, 1), rotated(a[7] ^ d2, 6), rotated(a[13] ^ d3, 25), rotated(a[19] ^ d4, 8),
        rotated(a[20] ^ d0, 18))
    setRow(
        &e, 15, rotated(a[4] ^ d4, 27), rotated(a[5] ^ d0, 36), rotated(a[11] ^ d1, 10), rotated(a[17] ^ d2, 15),
        rotated(a[23] ^ d3, 56))
    setRow(
        &e, 20, rotated(a[2] ^ d2, 62), rotated(a[8] ^ d3, 55), rotated(a[14] ^ d4, 39), rotated(a[15] ^ d0, 41),
        rotated(a[21] ^ d1, 2))
}

/// Step chi on one row of five lanes.
@inline(__always)
private func setRow(
    _ e: inout KeccakState, _ row: Int, _ b0: UInt64, _ b1: UInt64, _ b2: UInt64, _ b3: UInt64, _ b4: UInt64
) {
    e[row] = b0 ^ (~b1 & b2)
    e[row + 1] = b1 ^ (~b2 & b3)
    e[row + 2] = b2 ^ (~b3 & b4)
    e[row + 3] = b3 ^ (~b4 & b0)
    e[row + 4] = b4 ^ (~b0 & b1)
}

@inline(__always)
private func rotated(_ lane: UInt64, _ bits: UInt64) -> UInt64 {
    lane &<< bits | lane &>> (64 &- bits)
}
