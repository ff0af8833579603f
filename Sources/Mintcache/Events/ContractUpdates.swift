/// Told when a contract says that what it says about itself (ERC-7572) has changed.
protocol ContractUpdates: Sendable {
    func contractChanged(_ contract: CollectionKey) async
}
