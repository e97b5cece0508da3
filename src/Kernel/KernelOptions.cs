using System.Text;
using KernelSockets.Kernel.Nucleus;

namespace KernelSockets.Kernel;

/// <summary>The kernel's command line, parsed. An unknown or malformed option is reported, and the rest still counts; of several of a kind, the last one does.</summary>
internal sealed class KernelOptions
{
    private const int MaximumHostName = 63;
    private readonly List<string> _complaints = [];

    /// <summary>True for <c>ip=dhcp</c>, which is the default.</summary>
    public bool UsesDhcp { get; private set; } = true;

    public Ipv4Address Address { get; private set; }

    public int PrefixLength { get; private set; }

    public Ipv4Address Gateway { get; private set; }

    public Ipv4Address NameServer { get; private set; }

    public string HostName { get; private set; } = "ks";

    /// <summary>Shell commands after start-up.</summary>
    public string Script { get; private set; } = string.Empty;

    /// <summary>Device with the root file system; empty for the default.</summary>
    public string Root { get; private set; } = string.Empty;

    public bool UsesSerial { get; private set; } = true;

    public bool UsesScreen { get; private set; } = true;

    /// <summary>The command line as it was given.</summary>
    public string CommandLine { get; private init; } = string.Empty;

    /// <summary>What is wrong with the command line, one line each.</summary>
    public IReadOnlyList<string> Complaints => _complaints;

    /// <summary>Reads the boot loader's command line.</summary>
    public static KernelOptions Read()
    {
        byte[] text = new byte[BootOptions.Length];
        for (int i = 0; i < text.Length; i++)
        {
            text[i] = BootOptions.At(i);
        }

        return Parse(Encoding.UTF8.GetString(text));
    }

    /// <summary>Parses a command line: words separated by blanks; double quotes keep blanks in a word.</summary>
    public static KernelOptions Parse(string line)
    {
        KernelOptions options = new() { CommandLine = line };
        foreach (string word in Split(line, options._complaints))
        {
            int equals = word.IndexOf('=', StringComparison.Ordinal);
            string name = equals < 0 ? word : word[..equals];
            string value = equals < 0 ? string.Empty : word[(equals + 1)..];
            if (equals < 0 || !options.TryApply(name, value, out bool isKnown))
            {
                options._complaints.Add($"malformed option: {word}");
            }
            else if (!isKnown)
            {
                options._complaints.Add($"unknown option: {word}");
            }
        }

        return options;
    }

    private bool TryApply(string name, string value, out bool isKnown)
    {
        isKnown = true;
        switch (name)
        {
            case "ip":
                return TrySetAddress(value);
            case "gw":
                return TrySet(value, address => Gateway = address);
            case "dns":
                return TrySet(value, address => NameServer = address);
            case "hostname":
                return TrySetHostName(value);
            case "run":
                Script = value;
                return true;
            case "root":
                Root = value;
                return value.Length > 0;
            case "console":
                return TrySetConsole(value);
            case "loglevel":
                return value is ['0' or '1' or '2' or '3' or '4' or '5' or '6' or '7'];
            case "panic":
                return value is "wait";
            case "trace":
                return value is "syscalls";
            default:
                isKnown = false;
                return true;
        }
    }

    private bool TrySetAddress(string value)
    {
        if (value == "dhcp")
        {
            UsesDhcp = true;
            return true;
        }

        int slash = value.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0 || !Ipv4Address.TryParse(value.AsSpan(0, slash), out Ipv4Address address)
            || !int.TryParse(value.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out int prefixLength)
            || prefixLength > Ipv4Address.Bits)
        {
            return false;
        }

        UsesDhcp = false;
        Address = address;
        PrefixLength = prefixLength;
        return true;
    }

    private static bool TrySet(string value, Action<Ipv4Address> set)
    {
        if (!Ipv4Address.TryParse(value, out Ipv4Address address))
        {
            return false;
        }

        set(address);
        return true;
    }

    private bool TrySetHostName(string value)
    {
        bool isGood = value.Length is > 0 and <= MaximumHostName && value[0] != '-' && value[^1] != '-';
        foreach (char c in value)
        {
            isGood &= char.IsAsciiLetterOrDigit(c) || c == '-';
        }

        HostName = isGood ? value : HostName;
        return isGood;
    }

    private bool TrySetConsole(string value)
    {
        if (value is not ("both" or "serial" or "vga"))
        {
            return false;
        }

        UsesSerial = value != "vga";
        UsesScreen = value != "serial";
        return true;
    }

    private static List<string> Split(string line, List<string> complaints)
    {
        List<string> words = [];
        StringBuilder word = new();
        bool isQuoted = false;
        bool isWord = false;
        foreach (char c in line)
        {
            if (c == '"')
            {
                isQuoted = !isQuoted;
                isWord = true;
            }
            else if (char.IsWhiteSpace(c) && !isQuoted)
            {
                if (isWord)
                {
                    words.Add(word.ToString());
                }

                word.Clear();
                isWord = false;
            }
            else
            {
                word.Append(c);
                isWord = true;
            }
        }

        if (isQuoted)
        {
            complaints.Add($"malformed option: a double quote is missing after: {word}");
        }

        if (isWord)
        {
            words.Add(word.ToString());
        }

        return words;
    }
}
