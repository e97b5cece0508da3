using System.Text;

namespace KernelSockets.UserApps;

/// <summary>Reads lines from a shell's input.</summary>
internal static class InputLine
{
    /// <summary>Longest line, in characters.</summary>
    private const int MaxLength = 1 << 20;

    /// <summary>Reads a line byte by byte, so that what follows is left to the next command.</summary>
    /// <param name="file">The input; null for a closed one.</param>
    /// <param name="isRaw">True when a backslash is nothing special.</param>
    /// <param name="line">Its characters, and whether each was escaped.</param>
    /// <param name="isWhole">False when the input has ended before a newline.</param>
    public static Errno Read(OpenFile? file, bool isRaw, out List<(char Character, bool IsEscaped)> line, out bool isWhole)
    {
        line = [];
        isWhole = false;
        Decoder decoder = Encoding.UTF8.GetDecoder();
        byte[] input = new byte[1];
        char[] characters = new char[2];
        bool isEscaped = false;
        while (line.Count < MaxLength)
        {
            IoResult result = file?.Read(input) ?? Errno.EBADF;
            if (!result.IsSuccess || result.Count == 0)
            {
                return result.Error;
            }

            foreach (char c in characters.AsSpan(0, decoder.GetChars(input, characters, flush: false)))
            {
                if (c == '\n' && !isEscaped)
                {
                    isWhole = true;
                    return Errno.Success;
                }

                bool isBackslash = c == '\\' && !isRaw && !isEscaped;
                if (!isBackslash && c != '\n' && c != '\0')
                {
                    line.Add((c, isEscaped));
                }

                isEscaped = isBackslash;
            }
        }

        return Errno.EFBIG;
    }
}
