namespace KernelSockets.UserApps.SelfTest;

/// <summary>What self-tests check with. Each failure throws <see cref="SelfTestFailedException"/>, which ends the test.</summary>
internal static class Expect
{
    /// <summary>The condition holds.</summary>
    public static void True(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new SelfTestFailedException(otherwise);
        }
    }

    /// <summary>Two values are the same.</summary>
    public static void Equal<T>(T expected, T actual, string what)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
        {
            throw new SelfTestFailedException($"{what}: expected {expected}, got {actual}");
        }
    }

    /// <summary>An action throws exactly this type of exception.</summary>
    public static void Throws<TException>(Action action, string what)
        where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException exception) when (exception.GetType() == typeof(TException))
        {
            return;
        }
        catch (Exception exception)
        {
            throw new SelfTestFailedException($"{what}: {exception.GetType().Name} instead of {typeof(TException).Name}", exception);
        }

        throw new SelfTestFailedException($"{what}: no {typeof(TException).Name}");
    }
}
