using System.Text;

namespace KernelSockets.UserApps.Files;

/// <summary>A line of /proc/mounts (fstab(5)).</summary>
/// <param name="Source">What is mounted.</param>
/// <param name="Directory">Where.</param>
/// <param name="Type">Name of the file system.</param>
/// <param name="Options">Separated by commas.</param>
internal sealed record MountLine(string Source, string Directory, string Type, string Options);

/// <summary>What is mounted, from /proc/mounts.</summary>
internal static class MountList
{
    private const string Place = "/proc/mounts";
    private const int Fields = 4;
    private const int OctalDigits = 3;

    /// <summary>All of it, in the order of mounting.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    public static List<MountLine> Read()
    {
        List<MountLine> mounts = [];
        foreach (string line in File.ReadLines(Place))
        {
            string[] fields = line.Split(' ');
            if (fields.Length >= Fields)
            {
                mounts.Add(new MountLine(Unescape(fields[0]), Unescape(fields[1]), Unescape(fields[2]), fields[3]));
            }
        }

        return mounts;
    }

    /// <summary>Undoes the octal numbers that stand for spaces and the like.</summary>
    private static string Unescape(string field)
    {
        if (!field.Contains('\\', StringComparison.Ordinal))
        {
            return field;
        }

        StringBuilder text = new();
        for (int i = 0; i < field.Length; i++)
        {
            if (field[i] == '\\' && i + OctalDigits < field.Length && TryOctal(field.AsSpan(i + 1, OctalDigits), out char value))
            {
                text.Append(value);
                i += OctalDigits;
            }
            else
            {
                text.Append(field[i]);
            }
        }

        return text.ToString();
    }

    private static bool TryOctal(ReadOnlySpan<char> digits, out char value)
    {
        value = '\0';
        foreach (char digit in digits)
        {
            if (digit is < '0' or > '7')
            {
                return false;
            }

            value = (char)((value * 8) + digit - '0');
        }

        return true;
    }
}
