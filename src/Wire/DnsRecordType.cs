namespace KernelSockets.Wire;

/// <summary>Types of resource records (RFC 1035 §3.2.2, and the registry of IANA); other numbers occur, too.</summary>
public enum DnsRecordType : ushort
{
    /// <summary>An IPv4 address.</summary>
    A = 1,

    /// <summary>A server of a zone.</summary>
    Ns = 2,

    /// <summary>The true name of an alias.</summary>
    Cname = 5,

    /// <summary>How a zone is kept.</summary>
    Soa = 6,

    /// <summary>Another name: that of an address, under in-addr.arpa.</summary>
    Ptr = 12,

    /// <summary>Who takes mail.</summary>
    Mx = 15,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>An IPv6 address (RFC 3596).</summary>
    Aaaa = 28,

    /// <summary>Who offers a service (RFC 2782).</summary>
    Srv = 33,

    /// <summary>What a sender of the extended protocol can do (RFC 6891); no record of a zone.</summary>
    Opt = 41,

    /// <summary>In a question: every record.</summary>
    Any = 255,
}

/// <summary>Response codes (RFC 1035 §4.1.1).</summary>
public enum DnsResponseCode : byte
{
    /// <summary>The question was answered, if only by saying that there is no such record.</summary>
    NoError = 0,

    /// <summary>The server did not understand the question.</summary>
    FormatError = 1,

    /// <summary>The server failed.</summary>
    ServerFailure = 2,

    /// <summary>There is no such name.</summary>
    NameError = 3,

    /// <summary>The server does not do that.</summary>
    NotImplemented = 4,

    /// <summary>The server does not do that for us.</summary>
    Refused = 5,
}
