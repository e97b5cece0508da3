using KernelSockets.UserApps.Text.Matching;

namespace KernelSockets.UserApps.Text.Ed;

/// <summary>The patterns of ed: an empty one is the last one.</summary>
internal sealed class EdPatterns(bool isExtended)
{
    private RegularExpression? _last;

    /// <summary>Compiles a pattern, or gives the last one.</summary>
    /// <exception cref="EdException">It is none, or there was none before.</exception>
    public RegularExpression Get(byte[] pattern)
    {
        if (pattern.Length == 0)
        {
            return _last ?? throw new EdException("No previous pattern");
        }

        try
        {
            return _last = new RegularExpression([pattern], isExtended ? RegexSyntax.Extended : RegexSyntax.Basic);
        }
        catch (RegexException exception)
        {
            throw new EdException(exception.Message);
        }
    }

    /// <summary>The next or previous line that matches, around the end of the buffer.</summary>
    /// <exception cref="EdException">No line does.</exception>
    public static int Find(EdBuffer buffer, RegularExpression pattern, bool isForward)
    {
        int count = buffer.Last + 1; // line 0 is passed by, too
        int number = buffer.Current;
        for (int i = 0; i < buffer.Last + 1; i++)
        {
            number = (number + (isForward ? 1 : count - 1)) % count;
            if (number > 0 && pattern.IsMatch(buffer[number].Text))
            {
                return number;
            }
        }

        throw new EdException("No match");
    }
}
