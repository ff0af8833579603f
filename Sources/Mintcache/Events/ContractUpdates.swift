/// Told when a contract says that what it says about itself (ERC-7572) has changed.
protocol ContractUpdates: Sendable {
    /// - Parameter moment: since when, in milliseconds since 1970.
    func contractChanged(_ contract: CollectionKey, at moment: Int64) async
}
