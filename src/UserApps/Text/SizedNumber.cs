namespace KernelSockets.UserApps.Text;

/// <summary>Counts of bytes or lines as coreutils read them: a number and perhaps a multiplier.</summary>
internal static class SizedNumber
{
    private const string Powers = "KMGTPE";

    /// <summary>Reads digits and b (512), K, M, G, T, P, E (powers of 1024; KiB and so on mean the same), kB, MB and so on (powers of 1000).</summary>
    /// <returns>False when it is no such number. What does not fit becomes the largest number.</returns>
    public static bool TryParse(string text, out long number)
    {
        number = 0;
        int digits = 0;
        while (digits < text.Length && char.IsAsciiDigit(text[digits]))
        {
            number = Saturate(number, 10, text[digits] - '0');
            digits++;
        }

        if (digits == 0 || !TryMultiplier(text[digits..], out long multiplier))
        {
            return false;
        }

        number = Saturate(number, multiplier, 0);
        return true;
    }

    /// <summary>Reads the value of an option, and rejects it if it is no such number.</summary>
    public static long Read(OptionReader reader, string text, string unit)
    {
        if (!TryParse(text, out long number))
        {
            reader.Reject($"invalid number of {unit}: '{reader.Value}'");
        }

        return number;
    }

    /// <summary>Turns <c>-5</c> as the first argument into <c>-n 5</c>, as head and tail were once called.</summary>
    public static string[] ExpandFirst(string[] arguments) =>
        arguments is [['-', var digit, ..] first, ..] && char.IsAsciiDigit(digit) ? ["-n", first[1..], .. arguments[1..]] : arguments;

    private static bool TryMultiplier(string suffix, out long multiplier)
    {
        multiplier = suffix == "b" ? 512 : 1;
        if (suffix is "" or "b")
        {
            return true;
        }

        int power = Powers.IndexOf(suffix[0] == 'k' ? 'K' : suffix[0], StringComparison.Ordinal) + 1;
        long step = suffix[1..] switch
        {
            "" or "iB" => 1024,
            "B" => 1000,
            _ => 0,
        };
        for (int i = 0; i < power; i++)
        {
            multiplier *= step;
        }

        return power > 0 && step > 0;
    }

    private static long Saturate(long number, long factor, long more) =>
        (Int128)number * factor + more > long.MaxValue ? long.MaxValue : (number * factor) + more;
}
