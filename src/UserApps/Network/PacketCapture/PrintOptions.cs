namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>How tcpdump prints frames.</summary>
internal sealed class PrintOptions
{
    /// <summary>The Ethernet header, too (-e).</summary>
    public bool ShowsLink { get; set; }

    /// <summary>How much is told: 0, 1 (-v), 2 (-vv).</summary>
    public int Verbosity { get; set; }

    /// <summary>What stands before a line.</summary>
    public TimestampStyle Timestamp { get; set; }

    /// <summary>TCP's sequence numbers as they are (-S).</summary>
    public bool AbsoluteSequence { get; set; }

    /// <summary>Bytes below the line.</summary>
    public DumpStyle Dump { get; set; }

    /// <summary>The bytes of the Ethernet header, too (-xx, -XX).</summary>
    public bool DumpsLink { get; set; }
}

/// <summary>What stands before a line.</summary>
internal enum TimestampStyle
{
    /// <summary>Time of day.</summary>
    TimeOfDay,

    /// <summary>Nothing (-t).</summary>
    None,

    /// <summary>Seconds since 1970 (-tt).</summary>
    Seconds,

    /// <summary>Time since the line before (-ttt).</summary>
    Delta,

    /// <summary>Date and time of day (-tttt).</summary>
    Date,
}

/// <summary>Bytes below a line.</summary>
internal enum DumpStyle
{
    /// <summary>None, but for frames that nothing is known of.</summary>
    None,

    /// <summary>In hexadecimal (-x).</summary>
    Hex,

    /// <summary>In hexadecimal and as characters (-X).</summary>
    HexAndText,

    /// <summary>As characters (-A).</summary>
    Text,
}
