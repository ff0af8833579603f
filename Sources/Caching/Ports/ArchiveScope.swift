public import Tokens

/// Which of an archive's rows are meant.
public enum ArchiveScope: Sendable, Hashable {
    case token(TokenReference)
    case contract(ChainIdentifier, ContractAddress)
    case everything
}
