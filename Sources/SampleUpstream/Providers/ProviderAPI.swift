/// The APIs of providers, each below a path of its own: in the documented shapes, for whoever has the key.
enum ProviderAPI: String, CaseIterable {
    case alchemy, opensea, moralis
    /// One that no proxy has ready.
    case catalog

    init?(path: String) {
        let name = path.split(separator: "/", maxSplits: 1).first
        guard let api = name.flatMap({ ProviderAPI(rawValue: String($0)) }) else { return nil }
        self = api
    }

    func resource(for request: UpstreamRequest, in internet: SampleInternet) -> Resource {
        let request = ProviderRequest(request)
        return switch self {
        case .alchemy: AlchemyAPI.answer(request, internet)
        case .opensea: OpenSeaAPI.answer(request, internet)
        case .moralis: MoralisAPI.answer(request, internet)
        case .catalog: CatalogAPI.answer(request, internet)
        }
    }
}
