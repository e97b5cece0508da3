namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>What tcpdump was asked to do.</summary>
internal sealed class TcpdumpOptions
{
    /// <summary>How frames are printed.</summary>
    public PrintOptions Print { get; } = new();

    /// <summary>Of which interface (-i); null for the first that is not the loopback interface.</summary>
    public string? Interface { get; private set; }

    /// <summary>Frames after which to stop (-c); 0 for no end.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of a frame to keep (-s).</summary>
    public int SnapLength { get; private set; } = PcapFormat.SnapLength;

    /// <summary>File to write to instead of printing (-w).</summary>
    public string? Output { get; private set; }

    /// <summary>File to read from instead of an interface (-r).</summary>
    public string? Input { get; private set; }

    /// <summary>File that holds the filter (-F).</summary>
    public string? FilterFile { get; private set; }

    /// <summary>False to see only frames for this station (-p).</summary>
    public bool IsPromiscuous { get; private set; } = true;

    /// <summary>Show the interfaces (-D).</summary>
    public bool ListsInterfaces { get; private set; }

    /// <summary>How often -d was given: show the compiled filter instead of capturing.</summary>
    public int ShowsProgram { get; private set; }

    /// <summary>Only how many frames there were (--count).</summary>
    public bool OnlyCounts { get; private set; }

    /// <summary>The filter's words.</summary>
    public string Expression { get; private set; } = string.Empty;

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <param name="error">What is wrong; null for nothing.</param>
    public static TcpdumpOptions Read(string[] arguments, out string? error)
    {
        TcpdumpOptions result = new();
        int timestamps = 0;

        // The filter begins with the first word that is no option: it may hold words such as "-1".
        OptionReader reader = new("+Ac:DdeF:i:lnpqr:s:StUvw:xX#", arguments, ("count", '#'), ("interface", 'i'), ("list-interfaces", 'D'), ("no-promiscuous-mode", 'p'));
        while (reader.TryNext(out char option))
        {
            timestamps += option == 't' ? 1 : 0;
            if (!result.ApplyPrint(option))
            {
                result.Apply(option, reader);
            }
        }

        result.Print.Timestamp = timestamps > (int)TimestampStyle.Date ? TimestampStyle.None : (TimestampStyle)timestamps;
        result.Expression = string.Join(' ', reader.Operands);
        error = reader.Error ?? (result is { Input: not null, Interface: not null } ? "-i and -r exclude each other" : null);
        return result;
    }

    private bool ApplyPrint(char option)
    {
        switch (option)
        {
            case 'A':
                Print.Dump = DumpStyle.Text;
                return true;
            case 'e':
                Print.ShowsLink = true;
                return true;
            case 'S':
                Print.AbsoluteSequence = true;
                return true;
            case 'v':
                Print.Verbosity++;
                return true;
            case 'x' or 'X':
                DumpStyle style = option == 'x' ? DumpStyle.Hex : DumpStyle.HexAndText;
                Print.DumpsLink |= Print.Dump == style;
                Print.Dump = style;
                return true;
            default:
                return option is 'l' or 'n' or 'q' or 't' or 'U'; // numeric, and a line at a time, it always is
        }
    }

    private void Apply(char option, OptionReader reader)
    {
        const int MaximumCount = int.MaxValue;
        switch (option)
        {
            case 'c':
                Count = reader.NumberBetween(1, MaximumCount);
                break;
            case 's':
                SnapLength = reader.NumberBetween(0, PcapFormat.SnapLength);
                SnapLength = SnapLength == 0 ? PcapFormat.SnapLength : SnapLength;
                break;
            case 'i':
                Interface = reader.Value;
                break;
            case 'w':
                Output = reader.Value;
                break;
            case 'r':
                Input = reader.Value;
                break;
            case 'F':
                FilterFile = reader.Value;
                break;
            case 'p':
                IsPromiscuous = false;
                break;
            case 'D':
                ListsInterfaces = true;
                break;
            case 'd':
                ShowsProgram++;
                break;
            case '#':
                OnlyCounts = true;
                break;
            default:
                break;
        }
    }
}
