/// What memory may answer with: called by the one thread that also puts entries in.
extension MemoryCache {
    /// Answers at once with nothing of what is held now: something has happened that may concern any of it. Each entry is
    /// looked at on its next use, and vouched for again if it is not concerned. Takes the same time however many there are.
    public func doubtAll() { trust.doubtAll() }

    /// Answers with nothing of what is held now before a tier below was asked. What is held is what there is when none
    /// answers.
    public func distrustAll() { trust.distrustAll() }

    /// Whether nothing at all is answered without asking a tier below, whenever it came.
    public var isClosed: Bool { trust.isClosed }

    /// Begins or stops to answer with nothing at all.
    public func setClosed(_ isClosed: Bool) { trust.setClosed(isClosed) }

    /// Whether an entry may be used without asking a tier below, as far as its times allow it.
    public func isTrusted(_ entry: CacheEntry) -> Bool { trust.isTrusted(entry.stamp.value) }

    /// Whether responses may be used without asking a tier below, as far as their times allow it.
    public func isTrusted(_ entry: ResponseEntry) -> Bool { trust.isTrusted(entry.stamp.value) }

    /// Answers with an entry at once again: it was looked at, and nothing concerns it.
    public func vouch(for entry: CacheEntry) { entry.stamp.value = trust.stamp }

    /// Answers with responses at once again.
    public func vouch(for entry: ResponseEntry) { entry.stamp.value = trust.stamp }

    /// As ``distrustAll()``, for one entry.
    public func distrust(forKey key: UnsafeRawBufferPointer) {
        lastKnownEntry(forKey: key)?.stamp.value = MemoryTrust.none
    }
}
