using System.Text;

namespace KernelSockets.UserApps.Network.PacketCapture;

/// <summary>The names of the options in an IPv4 header (RFC 791 §3.1).</summary>
internal static class Ipv4OptionText
{
    private const byte RecordRoute = 7;
    private const byte LooseRoute = 131;
    private const byte StrictRoute = 137;

    public static string Format(ReadOnlySpan<byte> options)
    {
        StringBuilder text = new();
        int at = 0;
        while (at < options.Length)
        {
            byte type = options[at];
            int length = type <= 1 ? 1 : at + 1 < options.Length ? options[at + 1] : 0;
            text.Append(text.Length > 0 ? "," : "").Append(Name(type));
            if (type == 0 || length < 1 || (type > 1 && length < 2) || at + length > options.Length)
            {
                break;
            }

            if (type is RecordRoute or LooseRoute or StrictRoute)
            {
                AppendRoute(text, options.Slice(at, length));
            }

            at += length;
        }

        return text.ToString();
    }

    /// <summary>The addresses; commas stand behind those that the pointer has passed.</summary>
    private static void AppendRoute(StringBuilder text, ReadOnlySpan<byte> option)
    {
        const int Start = 3;
        if (option.Length < Start || (option.Length + 1) % Ipv4Address.Size != 0)
        {
            text.Append($" [bad length {option.Length}]");
            return;
        }

        int pointer = option[2] - 1;
        text.Append(pointer < Start || (pointer + 1) % Ipv4Address.Size != 0 ? $" [bad ptr {option[2]}]" : "");
        for (int i = Start; i < option.Length; i += Ipv4Address.Size)
        {
            text.Append(' ').Append(Ipv4Address.Read(option[i..])).Append(pointer > i ? "," : "");
        }
    }

    private static string Name(byte type) => type switch
    {
        0 => "EOL",
        1 => "NOP",
        7 => "RR",
        68 => "timestamp",
        130 => "security",
        131 => "LSRR",
        137 => "SSRR",
        148 => "RA",
        _ => $"unknown {type}",
    };
}
