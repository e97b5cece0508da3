namespace KernelSockets.Net;

/// <summary>Options that several sockets may have in common, as what a listener has accepted does with it, until one of them is given others.</summary>
/// <remarks>Under the stack's gate.</remarks>
internal abstract class SharableSettings<TSelf>
    where TSelf : SharableSettings<TSelf>
{
    /// <summary>Several have it: it does not change any more.</summary>
    public bool IsShared { get; set; }

    /// <summary>Itself when it may be changed, else a copy that may.</summary>
    public TSelf Own() => IsShared ? Copy() : (TSelf)this;

    /// <summary>A copy that nobody shares.</summary>
    protected virtual TSelf Copy()
    {
        TSelf copy = (TSelf)MemberwiseClone();
        copy.IsShared = false;
        return copy;
    }
}
