using System.Globalization;
using System.Net;
using KernelSockets.Wire;

namespace KernelSockets.UserApps.Network;

/// <summary>What dig was asked to do. Its arguments have a grammar of their own: <c>@server</c>, <c>+option</c>, and names, types and classes in any order.</summary>
internal sealed class DigOptions
{
    private const int MaximumTries = 10;
    private const int MaximumSeconds = 300;
    private const char EndOfOptions = '-';

    private readonly Queue<string> _arguments;

    private DigOptions(IEnumerable<string> arguments) => _arguments = new Queue<string>(arguments);

    /// <summary>Whom to ask, by address or name; null for the first of /etc/resolv.conf.</summary>
    public string? Server { get; private set; }

    /// <summary>The server's port (-p).</summary>
    public int Port { get; private set; } = 53;

    /// <summary>The name to ask for; the root when none is given.</summary>
    public string Name { get; private set; } = ".";

    /// <summary>The kind of record (-t); null for the usual one.</summary>
    public DnsRecordType? Type { get; private set; }

    /// <summary>Only the data of the answers (+short).</summary>
    public bool IsShort { get; private set; }

    /// <summary>Whether the server is to ask others (+norecurse).</summary>
    public bool WantsRecursion { get; private set; } = true;

    /// <summary>How often to ask (+tries).</summary>
    public int Tries { get; private set; } = 3;

    /// <summary>How long to wait each time (+timeout).</summary>
    public TimeSpan Timeout { get; private set; } = TimeSpan.FromSeconds(5);

    /// <summary>The question that results.</summary>
    public DnsQuestion Question => new(
        Name.EndsWith('.') ? Name : Name + ".", Type ?? (Name == "." ? DnsRecordType.Ns : DnsRecordType.A), DnsQuestion.Internet);

    /// <summary>Reads the arguments.</summary>
    /// <param name="arguments">Arguments, without the name.</param>
    /// <param name="error">What is wrong; null for nothing.</param>
    public static DigOptions Read(string[] arguments, out string? error)
    {
        DigOptions options = new(arguments);
        error = null;
        while (error is null && options._arguments.TryDequeue(out string? argument))
        {
            error = options.Apply(argument);
        }

        error ??= DnsName.TryWrite(options.Name, stackalloc byte[DnsName.MaximumSize], out _) ? null : $"'{options.Name}' is not a legal IDNA2008 name";
        return options;
    }

    /// <summary>A type by its mnemonic, or as RFC 3597 §5 writes those without.</summary>
    public static bool TryParseType(string text, out DnsRecordType type)
    {
        if (text.StartsWith("TYPE", StringComparison.OrdinalIgnoreCase) && ushort.TryParse(text.AsSpan("TYPE".Length), CultureInfo.InvariantCulture, out ushort number))
        {
            type = (DnsRecordType)number;
            return true;
        }

        return Enum.TryParse(text, ignoreCase: true, out type) && !char.IsAsciiDigit(text[0]);
    }

    private string? Apply(string argument) => argument switch
    {
        ['@', .. string server] => Take(() => Server = server),
        ['+', .. string option] => ApplyQueryOption(option),
        [EndOfOptions, char letter, .. string value] => ApplyLetter(letter, value),
        _ when argument.Equals("IN", StringComparison.OrdinalIgnoreCase) => null,
        _ when TryParseType(argument, out DnsRecordType type) => Take(() => Type = type),
        _ => Take(() => Name = argument),
    };

    private string? ApplyLetter(char letter, string attached)
    {
        if (letter == '4')
        {
            return null;
        }

        if (letter is not ('t' or 'p' or 'q' or 'x' or 'c'))
        {
            return $"Invalid option: -{letter}{attached}";
        }

        string? value = attached.Length > 0 ? attached : _arguments.TryDequeue(out string? next) ? next : null;
        return value is null ? $"option requires an argument -- '{letter}'" : ApplyValue(letter, value);
    }

    private string? ApplyValue(char letter, string value)
    {
        switch (letter)
        {
            case 't' when TryParseType(value, out DnsRecordType type):
                return Take(() => Type = type);
            case 'p' when ushort.TryParse(value, CultureInfo.InvariantCulture, out ushort port) && port > 0:
                return Take(() => Port = port);
            case 'q':
                return Take(() => Name = value);
            case 'c' when value.Equals("IN", StringComparison.OrdinalIgnoreCase):
                return null;
            case 'x' when IPAddress.TryParse(value, out _) && Ipv4Address.TryParse(value, out Ipv4Address address):
                return Take(() => (Name, Type) = (DnsName.OfAddress(address), Type ?? DnsRecordType.Ptr));
            default:
                return $"invalid argument of -{letter}: '{value}'";
        }
    }

    private string? ApplyQueryOption(string option)
    {
        string[] parts = option.Split('=', 2);
        switch (parts)
        {
            case ["short"]:
                return Take(() => IsShort = true);
            case ["recurse" or "rec"]:
                return Take(() => WantsRecursion = true);
            case ["norecurse" or "norec"]:
                return Take(() => WantsRecursion = false);
            case ["noedns" or "notcp" or "ignore"]:
                return null; // as it always is
            case ["tries", var text] when int.TryParse(text, CultureInfo.InvariantCulture, out int tries) && tries is > 0 and <= MaximumTries:
                return Take(() => Tries = tries);
            case ["time" or "timeout", var text] when int.TryParse(text, CultureInfo.InvariantCulture, out int seconds) && seconds is > 0 and <= MaximumSeconds:
                return Take(() => Timeout = TimeSpan.FromSeconds(seconds));
            default:
                return $"Invalid option: +{option}";
        }
    }

    private static string? Take(Action set)
    {
        set();
        return null;
    }
}
